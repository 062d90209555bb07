"""Who is calling: a client that proves itself by exactly one method (RFC 6749 §2.3, RFC 7523, threats 9 and 10).

    Authorization: Basic ─────────────▶ client_secret_basic ─┐
    client_id + client_secret ────────▶ client_secret_post   ├─▶ one of the client's own methods? ─▶ the client
    client_assertion (signed JWT) ────▶ private_key_jwt      │
    client_id alone ──────────────────▶ none (public)       ─┘

Unknown, switched off, wrong secret, wrong key, wrong method: all told alike. The reason is kept in `Refused.detail`,
for the operator alone.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from identity.oidc.clients import assertions
from identity.oidc.clients.assertions import Assertion, BadAssertion
from identity.oidc.clients.key_sets import KeySets
from identity.oidc.clients.policy import BASIC, NONE, POST, PRIVATE_KEY_JWT, Client
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.faults.calling import CLIENT_REFUSED, PROOF_NOT_KEPT, TWO_METHODS
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from shared.cache import Cache, CacheAway
from shared.crypto import sha256


@dataclass(frozen=True)
class Authenticator:
    """What checking takes; made once for a process. `issuer` is the only audience of assertions."""

    find: Callable[[str], Client | None]  # as it stood a moment ago
    look_again: Callable[[str], Client | None]  # as it stands now
    secrets: ClientSecrets
    key_sets: KeySets
    cache: Cache
    issuer: str


def authenticate(place: Authenticator, header: str | None, asked: Parameters, now: datetime) -> Client:
    """Return the client that a request proves to come from; raises Refused.

    A public client proves nothing: what it may do must be safe for whoever knows its id.
    """
    in_body = [name for name in ("client_secret", "client_assertion", "client_assertion_type") if asked.get(name)]
    if (header and in_body) or ("client_secret" in in_body and len(in_body) > 1):
        raise Refused(TWO_METHODS)
    if "client_assertion" in in_body:
        return _by_assertion(place, asked, now)
    client_id, secret, method = _from_header(header) if header else _from_body(asked)
    if asked.get("client_id") not in (None, client_id):
        raise Refused(TWO_METHODS, "client_id differs")
    client = place.find(client_id)
    proven = place.secrets.fits(secret, client, now) if method != NONE else client is not None
    if not proven and client is not None:
        # Perhaps a secret that another process has just made: it is good from the moment it is shown.
        client = place.look_again(client_id)
        proven = place.secrets.fits(secret, client, now)
    if not proven or client is None or method not in client.auth_methods or not client.enabled:
        raise Refused(CLIENT_REFUSED)
    return client


def _from_body(asked: Parameters) -> tuple[str, str, str]:
    client_id, secret = asked.get("client_id"), asked.get("client_secret")
    if client_id is None or asked.get("client_assertion_type"):
        raise Refused(CLIENT_REFUSED)
    return (client_id, secret, POST) if secret is not None else (client_id, "", NONE)


def _from_header(header: str) -> tuple[str, str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise Refused(CLIENT_REFUSED)
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
    except ValueError as error:
        raise Refused(CLIENT_REFUSED) from error
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise Refused(CLIENT_REFUSED)
    # Both halves are form-encoded first (RFC 6749 §2.3.1): a plus is a space.
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if not client_id.isprintable():
        raise Refused(CLIENT_REFUSED)
    return client_id, secret, BASIC


def _by_assertion(place: Authenticator, asked: Parameters, now: datetime) -> Client:
    if asked.get("client_assertion_type") != assertions.TYPE:
        raise Refused(CLIENT_REFUSED, "client_assertion_type is not that of a JWT")
    try:
        claimed = assertions.read(asked.get("client_assertion") or "", place.issuer, now)
    except BadAssertion as bad:
        raise Refused(CLIENT_REFUSED, f"client_assertion: {bad}") from bad
    if asked.get("client_id") not in (None, claimed.client_id):
        raise Refused(TWO_METHODS, "client_id differs")
    client = place.find(claimed.client_id)
    if client is None or not client.enabled or PRIVATE_KEY_JWT not in client.auth_methods:
        raise Refused(CLIENT_REFUSED)
    _check_signature(place, client, claimed)
    _use_up(place, claimed, now)
    return client


def _check_signature(place: Authenticator, client: Client, claimed: Assertion) -> None:
    if claimed.alg != (client.auth_signing_alg or claimed.alg):
        raise Refused(CLIENT_REFUSED, "client_assertion: alg is not the registered one")
    key = place.key_sets.find(client, claimed.kid, claimed.alg)
    if key is None:
        trouble = place.key_sets.trouble(client) or "no key of the client has this kid and alg"
        raise Refused(CLIENT_REFUSED, f"client_assertion: {trouble}")
    if not claimed.signed_by(key):
        raise Refused(CLIENT_REFUSED, "client_assertion: the signature does not fit")


def _use_up(place: Authenticator, claimed: Assertion, now: datetime) -> None:
    """Each `jti` is good once (RFC 7523 §3). Where that cannot be known, the assertion is not believed."""
    left = timedelta(seconds=claimed.until - now.timestamp() + 1)
    try:
        fresh = place.cache.add(f"assertion:{claimed.client_id}:{sha256(claimed.jti)}", b"1", left)
    except CacheAway as away:
        raise Refused(PROOF_NOT_KEPT) from away
    if not fresh:
        raise Refused(CLIENT_REFUSED, "client_assertion: its jti was used before")
