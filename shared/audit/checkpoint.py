"""Signed checkpoints: how far the chain reached, said so that nobody without the service's key can have said it.

Whoever keeps one, anywhere, can show later that the record of that day is still there, unchanged: the chain must hold
that very hash at that position. The key is Ed25519 (RFC 8037), made of the service's secret key; the public half is for
everybody. A checkpoint is a JWS in compact form (RFC 7515) over `{service, position, hash, at}`.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.audit.chain import Head
from shared.crypto import derived

_ALGORITHM, _TYPE = "Ed25519", "gatehouse-checkpoint+jws"


class BadCheckpoint(ValueError):
    """The text is no checkpoint of whoever has these keys; the message says why."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of a service's chain at an instant, as its signature vouches for."""

    service: str
    head: Head
    at: str  # RFC 3339


def sign(secrets: Sequence[bytes], service: str, head: Head, at: datetime) -> str:
    """Return a checkpoint signed with the key of the first secret."""
    key = _key(secrets[0])
    said = {"service": service, "position": head.position, "hash": head.hash, "at": at}
    protected = {"alg": _ALGORITHM, "typ": _TYPE, "kid": key.thumbprint()}
    return jws.serialize_compact(protected, orjson.dumps(said, option=orjson.OPT_UTC_Z), key, algorithms=[_ALGORITHM])


def public_keys(secrets: Sequence[bytes]) -> dict[str, Any]:
    """Return the key set (RFC 7517) with which anybody can check the checkpoints of a service."""
    keys = [_key(secret) for secret in secrets]
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint()} for key in keys]}


def read(text: str, keys: dict[str, Any]) -> Checkpoint:
    """Return what a checkpoint says, where one of the keys made it; raises BadCheckpoint."""
    try:
        found = jws.deserialize_compact(text.strip(), KeySet.import_key_set(keys), algorithms=[_ALGORITHM])  # type: ignore[arg-type]
        said = orjson.loads(found.payload)
        if found.headers().get("typ") != _TYPE:
            raise BadCheckpoint("it is signed, and is no checkpoint")
        return Checkpoint(said["service"], Head(int(said["position"]), str(said["hash"])), str(said["at"]))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise BadCheckpoint(str(error) or "it cannot be read") from error


def _key(secret: bytes) -> OKPKey:
    seed = derived(secret, b"audit checkpoint")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": _text(seed), "x": _text(public)})


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
