"""Who is calling: the client and its secret, by exactly one method (RFC 6749 §2.3, threat 9)."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote_plus

from identity.oidc.clients.policy import BASIC, POST, Client
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.faults import CLIENT_REFUSED, TWO_METHODS, Refused
from identity.oidc.parameters import Parameters


def authenticate(
    find: Callable[[str], Client | None],
    secrets: ClientSecrets,
    header: str | None,
    asked: Parameters,
    now: datetime,
) -> Client:
    """Return the client; raises Refused. Unknown client, wrong secret and wrong method are told alike."""
    in_body = [name for name in ("client_secret", "client_assertion", "client_assertion_type") if asked.get(name)]
    if header and in_body:
        raise Refused(TWO_METHODS)
    client_id, secret, method = _from_header(header) if header else _from_body(asked)
    if asked.get("client_id") not in (None, client_id):
        raise Refused(TWO_METHODS, "client_id differs")
    client = find(client_id)
    if not secrets.fits(secret, client, now) or client is None or method not in client.auth_methods:
        raise Refused(CLIENT_REFUSED)
    return client


def _from_body(asked: Parameters) -> tuple[str, str, str]:
    client_id, secret = asked.get("client_id"), asked.get("client_secret")
    if client_id is None or secret is None:
        raise Refused(CLIENT_REFUSED)
    return client_id, secret, POST


def _from_header(header: str) -> tuple[str, str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise Refused(CLIENT_REFUSED)
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(CLIENT_REFUSED) from error
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise Refused(CLIENT_REFUSED)
    # Both halves are form-encoded first (RFC 6749 §2.3.1): a plus is a space.
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if not client_id.isprintable():
        raise Refused(CLIENT_REFUSED)
    return client_id, secret, BASIC
