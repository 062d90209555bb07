"""What was received against what is registered now, and where the nearest registered address differs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from identity.oidc.clients.policy import ClientSpec
from shared.i18n import Message, say

AUTH_METHOD = "token_endpoint_auth_method"
RESOURCE = "resource"
# What a parameter is compared with: a field of the registration.
_FIELDS = {
    "redirect_uri": "redirect_uris",
    "post_logout_redirect_uri": "post_logout_redirect_uris",
    "grant_type": "grant_types",
    "scope": "scopes",
    RESOURCE: "audiences",
    AUTH_METHOD: "auth_methods",
    "acr_values": "minimum_acr",
}
_ADDRESSES = frozenset({"redirect_uri", "post_logout_redirect_uri"})


@dataclass(frozen=True)
class Compared:
    """One parameter of a failed request. `registered` is empty where the registration has no word on it.

    `fits`: None where nothing can be said. `differs`: how the nearest registered address is different, in sentences.
    """

    name: str
    received: str
    registered: tuple[str, ...]
    fits: bool | None
    differs: tuple[Message, ...] = ()


def compared(client: ClientSpec, received: Mapping[str, str]) -> list[Compared]:
    """Return every parameter that was kept of a request, beside what the client is registered with now."""
    return [_one(client, name, text) for name, text in received.items()]


def _one(client: ClientSpec, name: str, text: str) -> Compared:
    field = _FIELDS.get(name)
    if field is None:
        return Compared(name, text, (), None)
    known = getattr(client, field)
    registered = known if isinstance(known, tuple) else (known,)
    if name == "acr_values":
        return Compared(name, text, registered, None)
    if name not in _ADDRESSES:
        wanted = text.split(" ") if name in {"scope", RESOURCE} else [text]
        return Compared(name, text, registered, set(wanted) <= set(registered))
    owns = client.owns_redirect if name == "redirect_uri" else client.owns_landing
    differs = () if owns(text) else _differences(text, registered)
    # Of a kept address the query holds names only: where nothing but the query may differ, nobody can tell any more.
    unknown = "?" in text and not differs
    return Compared(name, text, registered, None if unknown else owns(text), differs)


def _differences(received: str, registered: tuple[str, ...]) -> tuple[Message, ...]:
    found = [_difference(received, one) for one in registered]
    return min((each for each in found if each), key=len, default=())


def _difference(received: str, registered: str) -> tuple[Message, ...]:
    got, known = urlsplit(received), urlsplit(registered)
    sentences = []
    if got.scheme != known.scheme:
        sentences.append(say("The scheme is %(got)s, registered is %(known)s.", got=got.scheme, known=known.scheme))
    if got.netloc != known.netloc:
        sentences.append(
            say("The host with its port is %(got)s, registered is %(known)s.", got=got.netloc, known=known.netloc)
        )
    if got.path != known.path:
        if got.path.rstrip("/") == known.path.rstrip("/"):
            sentences.append(say("Only the slash at the end of the path differs."))
        elif got.path.casefold() == known.path.casefold():
            sentences.append(say("The path differs in capital letters."))
        else:
            sentences.append(say("The path is %(got)s, registered is %(known)s.", got=got.path, known=known.path))
    if bool(got.query) != bool(known.query):
        sentences.append(say("One of the two has a query, the other has none."))
    return tuple(sentences)
