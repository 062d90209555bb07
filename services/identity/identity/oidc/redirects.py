"""Which address is one of the client's own. Pure (RFC 9700 §2.1, RFC 8252 §7).

Addresses are compared character for character. The one exception is the port of a loopback address, which a native or
trial app only learns when it starts.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from shared.i18n import say

# Anchored over the whole text: no user info, no backslash, no fragment, no other spelling of the host gets through.
_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?P<port>:[0-9]{1,5})?(?P<rest>[/?][\x21\x23-\x5b\x5d-\x7e]*)?"
)
# A scheme of an app's own: a domain name turned round, so with a dot; no authority part (RFC 8252 §7.1).
_PRIVATE_USE = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/(?!/).*")
_HIGHEST_PORT = 65535  # a higher one is no address: no answer could be sent there
_PRINTABLE = re.compile(r"[\x21\x24-\x5b\x5d-\x7e]+")  # no space, no quote, no '#', no backslash, nothing beyond ASCII


def is_registered(presented: str, registered: Iterable[str], *, any_loopback: bool = False) -> bool:
    """Return whether `presented` is one of `registered`, or (for trials) any loopback address."""
    loopback = _LOOPBACK.fullmatch(presented) if _without_fragment(presented) else None
    if loopback is None or int((loopback["port"] or ":0")[1:]) > _HIGHEST_PORT:
        return presented in registered
    if any_loopback:
        return True
    return any(_same_but_port(loopback, one) for one in registered)


def registration_fault(uri: str, issuer: str, *, private_use: bool = False) -> str | None:
    """Return what stands against registering an address, in a sentence, or None.

    Addresses are https; http only on loopback and on our own origin (the local run). With `private_use` also a scheme
    of a native app's own, such as `com.example.app:/callback` (RFC 8252 §7.1).
    """
    if not _PRINTABLE.fullmatch(uri) or "*" in uri:
        return say("use plain ASCII without spaces, fragment or wildcard")
    if private_use and _PRIVATE_USE.fullmatch(uri):
        return None
    parts = urlsplit(uri)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return say("use https")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return say("leave out user name and password")
    if "/../" in parts.path + "/" or "/./" in parts.path + "/":
        return say("write the path without dots")
    own = uri == issuer or uri.startswith(f"{issuer}/")
    if parts.scheme == "http" and not own and not _LOOPBACK.fullmatch(uri):
        return say("use https: http is for loopback addresses only")
    return None


def _without_fragment(uri: str) -> bool:
    return "#" not in uri


def _same_but_port(presented: re.Match[str], registered: str) -> bool:
    known = _LOOPBACK.fullmatch(registered)
    return known is not None and (known["host"], known["rest"]) == (presented["host"], presented["rest"])


def origin(uri: str) -> str:
    """Return scheme and host of an address: "https://portal.example"."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def is_web(uri: str) -> bool:
    """Return whether a form may be posted there and `form-action` can name it: no scheme of an app's own."""
    return uri.startswith(("https://", "http://"))
