"""The signed return ticket: what authorize asks of sign-in, carried through the browser and not to be altered. Pure.

`oidc` signs a ticket and redirects to `/login?ticket=…`; `login` reads it and returns to `return_path` when the demands
are met. The two rooms know nothing else of each other. Pages of identity itself use the same way.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

LIFE = timedelta(minutes=30)
_RETURN_TO = ("/oauth/authorize", "/oauth/device", "/account", "/admin", "/recover")
_LONGEST = 8192  # characters: request lines beyond this are refused by servers anyway


class BadTicket(ValueError):
    """The ticket was altered, is too old, or never was one."""


@dataclass(frozen=True)
class Ticket:
    """What a sign-in is for.

    `return_path` is path and query on this origin; `required_acr` the level to reach, which must be one that sign-in
    can reach today; `not_before` demands an authentication at or after that instant (max_age, prompt=login);
    `app_origin` is the http(s) origin of the client's registered redirect URI, for the page's form-action;
    `organization` asks a person of several organizations to choose one, unless the session has one already.
    """

    return_path: str
    client_name: str | None = None
    required_acr: str | None = None
    not_before: datetime | None = None
    login_hint: str | None = None
    app_origin: str | None = None
    organization: bool = True


def sign(ticket: Ticket, *, key: bytes, now: datetime, life: timedelta = LIFE) -> str:
    """Return the ticket as URL-safe text; raises BadTicket for a return path that leads elsewhere."""
    _check_return_path(ticket.return_path)
    body = {
        "r": ticket.return_path,
        "c": ticket.client_name,
        "a": ticket.required_acr,
        "n": ticket.not_before.timestamp() if ticket.not_before else None,
        "h": ticket.login_hint,
        "o": ticket.app_origin,
        "g": ticket.organization,
        "e": int((now + life).timestamp()),
    }
    payload = _encode(json.dumps({k: v for k, v in body.items() if v is not None}, separators=(",", ":")).encode())
    return f"{payload}.{_encode(_mac(key, payload))}"


def read(text: str, *, keys: Sequence[bytes], now: datetime) -> Ticket:
    """Return the ticket that one of `keys` signed; raises BadTicket. Any key reads, so keys can rotate."""
    payload, dot, signature = text.partition(".")
    if not dot or len(text) > _LONGEST or not text.isascii():
        raise BadTicket("not a ticket")
    if not any(hmac.compare_digest(_encode(_mac(key, payload)), signature) for key in keys):
        raise BadTicket("not signed here")
    body = json.loads(_decode(payload))
    if now.timestamp() >= body["e"]:
        raise BadTicket("too old")
    _check_return_path(body["r"])
    not_before = datetime.fromtimestamp(body["n"], UTC) if "n" in body else None
    return Ticket(body["r"], body.get("c"), body.get("a"), not_before, body.get("h"), body.get("o"), body["g"])


def _check_return_path(path: str) -> None:
    # A signed ticket is still refused with another target: two locks against an open redirect.
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or "\\" in path or not path.isprintable():
        raise BadTicket("the return path must stay on this origin")
    if not any(parts.path == place or parts.path.startswith(place + "/") for place in _RETURN_TO):
        raise BadTicket("the return path must lead to the authorization endpoint or a page of identity")
    if "/.." in parts.path or "/." in parts.path:
        raise BadTicket("the return path must be plain")


def _mac(key: bytes, payload: str) -> bytes:
    return hmac.new(hashlib.sha256(b"return-ticket" + key).digest(), payload.encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
