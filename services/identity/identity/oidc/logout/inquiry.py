"""A request to sign out, looked up: which app asks, for whom, and where the browser may go afterwards."""

from dataclasses import dataclass
from urllib.parse import urlencode

from identity.oidc.clients.policy import Client
from identity.oidc.logout.decide import Request
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from identity.oidc.tokens.reading import Hint, id_token_hint
from identity.sessions.service import SessionView

# What is kept while the person is asked. The hint is not: asking is what happens without one.
KEPT = ("client_id", "post_logout_redirect_uri", "state", "ui_locales")


@dataclass(frozen=True)
class Inquiry:
    """`client` is who asks, by its hint or, unproved, by its `client_id`; None where nobody is named.

    `back` is the app's own registered address with the `state`, None where none was given or it is not registered.
    """

    request: Request
    session: SessionView | None
    client: Client | None
    back: str | None
    asked: Parameters


def look_up(provider: Provider, asked: Parameters, session: SessionView | None) -> Inquiry:
    """Return what the request means. One that says something twice, or nothing legible, says nothing at all."""
    if asked.repeated or not asked.readable:
        return Inquiry(Request(None, None, session is not None, False), session, None, None, asked)
    text, landing, named = (asked.get(name) for name in ("id_token_hint", "post_logout_redirect_uri", "client_id"))
    hint = id_token_hint(provider.ring, provider.issuer, text) if text else None
    client_id = hint.client_id if hint else named
    client = _enabled(provider.clients.find(client_id)) if client_id else None
    owned = bool(client and landing and client.owns_landing(landing))
    request = Request(
        hint_good=_fits(hint, client, named) if text else None,
        landing_good=owned if landing else None,
        signed_in=session is not None,
        its_session=session is not None and hint is not None and session.id == hint.session_id,
    )
    return Inquiry(request, session, client, _with_state(landing, asked.get("state")) if owned else None, asked)


def kept(inquiry: Inquiry) -> dict[str, str]:
    """Return the parameters to ask again with, once the person has answered."""
    said = {name: inquiry.asked.get(name) for name in KEPT}
    if inquiry.client is not None:
        said["client_id"] = inquiry.client.id
    return {name: value for name, value in said.items() if value is not None}


def _enabled(client: Client | None) -> Client | None:
    """A client that was switched off is unknown here, too: nobody is led to it any more."""
    return client if client is not None and client.enabled else None


def _fits(hint: Hint | None, client: Client | None, named: str | None) -> bool:
    return hint is not None and client is not None and named in (None, hint.client_id)


def _with_state(landing: str | None, state: str | None) -> str | None:
    if landing is None or state is None:
        return landing
    return f"{landing}{'&' if '?' in landing else '?'}{urlencode({'state': state})}"
