"""A registration in words: its values, what a change changes, and what deserves a second look. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.clients_desk.fields import BY_NAME, Field, typed
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CODE, Client, ClientSpec
from identity.oidc.redirects import is_web
from shared.i18n import Message, Translations, say

YES, NO, NOTHING = say("yes"), say("no"), say("nothing")
PROFILE_NAMES = {
    "first-party": say("One of our own portals"),
    "third-party": say("An app of somebody else, with a server"),
    "native": say("An app on a phone or a computer"),
    "service": say("A program, without people"),
    "fapi2": say("An app with the highest protection (FAPI 2.0)"),
    "certification": say("A test suite"),
}
PROFILE_MEANINGS = {
    "first-party": say("It keeps a secret on its server. People are not asked."),
    "third-party": say("It keeps a secret on its server. People are asked, and may withdraw."),
    "native": say("It keeps no secret; PKCE and rotation stand in for it (RFC 8252)."),
    "service": say("It asks for tokens of its own. Nobody signs in through it."),
    "fapi2": say("Requests are pushed, the client signs its proof, tokens are bound to a key."),
    "certification": say("PKCE is optional and a password is enough. Never for people's data."),
}
# A change of these may let somebody in, or keep everybody out.
_GRAVE = {
    "redirect_uris": say("Codes will go to other addresses."),
    "auth_methods": say("The app proves itself in another way from now on, or cannot."),
    "minimum_acr": say("Another level of sign-in is enough."),
    "require_pkce": say("Stolen codes are worth more without PKCE."),
    "first_party": say("Whether people are asked changes."),
    "populations": say("Other people are let in or kept out."),
    "any_loopback": say("Any program on one's machine may take codes."),
    "scopes": say("It may know or do other things."),
    "grant_types": say("It may get tokens in other ways."),
    "profile": say("Other promises hold for it."),
    "jwks": say("Other keys prove the app."),
    "jwks_uri": say("Other keys prove the app."),
}


@dataclass(frozen=True)
class Line:
    """One changed field. `grave`: the sentence to read before it is saved, or None."""

    label: str
    standard: str
    before: str
    after: str
    grave: Message | None


def value(words: Translations, shown: Any) -> str:
    """Return a value in words, whatever field it is of."""
    if isinstance(shown, bool):
        return words.render(YES if shown else NO)
    if shown is None or shown in ("", (), {}):
        return words.render(NOTHING)
    if isinstance(shown, tuple | list):
        return ", ".join(str(one) for one in shown)
    return typed(BY_NAME["jwks"], shown) if isinstance(shown, dict) else str(shown)


def lines(words: Translations, changes: dict[str, tuple[Any, Any]]) -> list[Line]:
    """Return what a change changes, the grave things first."""
    made = [_line(words, name, before, after) for name, (before, after) in changes.items()]
    return sorted(made, key=lambda line: line.grave is None)


def rows(words: Translations, spec: ClientSpec, asked: Iterable[Field]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return every asked field by group: (label, standard's name, value)."""
    grouped: dict[str, list[tuple[str, str, str]]] = {}
    for field in asked:
        told = (words.render(field.label), field.standard, value(words, getattr(spec, field.name)))
        grouped.setdefault(words.render(field.group), []).append(told)
    return list(grouped.items())


def remarks(client: Client, now: datetime) -> Sequence[Message]:
    """Return what an operator or a developer should look at, in the order of its weight; nothing where all is well."""
    checks = (
        (not client.enabled, say("It is switched off: nobody is signed in through it, and its proof is refused.")),
        (client.any_loopback, say("Any program on a person's own machine may take its codes.")),
        (client.signs_in_people and not client.require_pkce, say("It may ask without PKCE.")),
        (client.signs_in_people and client.minimum_acr == ACR_1, say("A password alone is enough for it.")),
        (
            CODE in client.grant_types and any(uri.startswith("http://") for uri in client.redirect_uris),
            say("Some of its addresses are http: right for one's own machine only."),
        ),
        (
            client.previous_secret_until is not None and client.previous_secret_until > now,
            say("Its former secret still works: end it once the new one is in use everywhere."),
        ),
        (
            client.signs_in_people and any(map(is_web, client.redirect_uris)) and not client.backchannel_logout_uri,
            say("It is not told when a person signs out elsewhere: register an address for that."),
        ),
        (
            client.signs_in_people and not client.post_logout_redirect_uris and not client.any_loopback,
            say("After signing out it cannot bring people back: no address is registered for that."),
        ),
    )
    return [sentence for found, sentence in checks if found]


def weaker(client: ClientSpec) -> list[Message]:
    """Return what of a client departs from the defaults and so needs a justification (domain §5)."""
    if not client.signs_in_people:
        return []
    checks = (
        (client.minimum_acr == ACR_1, say("A password alone is enough")),
        (not client.require_pkce, say("PKCE is not needed")),
        (client.any_loopback, say("Any address on one's own machine")),
    )
    return [sentence for found, sentence in checks if found]


def _line(words: Translations, name: str, before: Any, after: Any) -> Line:
    field = BY_NAME.get(name)
    label = words.render(field.label if field else say("Profile"))
    return Line(label, field.standard if field else "", value(words, before), value(words, after), _GRAVE.get(name))
