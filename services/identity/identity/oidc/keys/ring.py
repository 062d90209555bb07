"""The keys in memory: parsed once, signing and verifying, and the public set as bytes prepared once.

A ring reads the table again when its keys are older than half a minute, so a rotation needs no restart; an unknown
`kid` makes it look at once, but not more often than every few seconds (threat 56). Whoever signs in a transaction looks
before it begins: a thread that holds one connection and waits for another can wait for threads that wait for it.
"""

import hashlib
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from sqlalchemy import Table, select

from identity.oidc.keys.life import ALGORITHMS, State
from identity.oidc.keys.models import SigningKey
from shared.clock import Clock
from shared.crypto import SecretBox, sha256
from shared.db import Database

Key = ECKey | RSAKey | OKPKey
_KINDS: Mapping[str, type[Key]] = {"ES256": ECKey, "RS256": RSAKey, "Ed25519": OKPKey}
_FRESH = timedelta(seconds=30)
_SIGNS = 2 * _FRESH  # so that what was fresh before a transaction is good enough within it
_LOOK_AGAIN = timedelta(seconds=5)
_TOKENS_KEPT = 4096
_table = cast("Table", SigningKey.__table__)
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS))


class NotOurs(ValueError):
    """A token that no key of ours signed, or that is none."""


@dataclass(frozen=True)
class Read:
    """A token whose signature is ours: its header and claims, nothing else checked yet."""

    header: Mapping[str, object]
    claims: Mapping[str, object]


@dataclass(frozen=True)
class _Keys:
    """What one look at the table gave, and what was prepared and verified under it: other keys begin with nothing."""

    read_at: datetime
    signing: Mapping[str, Key]  # algorithm → active key
    verifying: Mapping[str, Key]  # kid → every published key
    document: bytes
    etag: str
    headers: dict[tuple[str, str], bytes] = field(default_factory=dict)  # algorithm and typ → header, as it is signed
    read: dict[bytes, Read] = field(default_factory=dict)  # SHA-256 of a token → what it says


class KeyRing:
    """One process's view of the signing keys."""

    def __init__(self, database: Database, clock: Clock, box: SecretBox) -> None:
        self._database = database
        self._clock = clock
        self._box = box
        self._lock = threading.Lock()
        self._keys: _Keys | None = None

    def look(self) -> None:
        """Read the keys if they are not fresh; then signing needs no connection within the next half a minute."""
        self._current()

    def sign(self, claims: Mapping[str, object], *, typ: str, algorithm: str) -> str:
        """Return a compact JWS over the claims (RFC 7515 §3.1); raises LookupError while no key is active."""
        keys = self._current(at_most=_SIGNS)
        key = keys.signing.get(algorithm)
        if key is None:
            raise LookupError(f"there is no active {algorithm} key: run `identity bootstrap`")
        header = keys.headers.get((algorithm, typ))
        if header is None:
            header = _base64url(orjson.dumps({"alg": algorithm, "kid": key.kid, "typ": typ}))
            keys.headers[algorithm, typ] = header
        signed = header + b"." + _base64url(orjson.dumps(claims))
        # The library's own signature, without what its serializing checks again on each call: half of the cost.
        return (signed + b"." + _base64url(_REGISTRY.get_alg(algorithm).sign(signed, key))).decode()

    def read(self, token: str) -> Read:
        """Return what a token of ours says; raises NotOurs. The key decides the algorithm, never the token.

        A signature does not change between two calls with the same token, and checking it costs as much as all the
        rest; so what was verified is kept as long as the keys are. The token itself is not, only what it hashes to.
        """
        seen = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        keys = self._current()
        found = keys.read.get(seen)
        if found is None:
            found = self._verified(token)
            if len(keys.read) >= _TOKENS_KEPT:
                keys.read.clear()
            keys.read[seen] = found
        return found

    def _verified(self, token: str) -> Read:
        try:
            obj = jws.extract_compact(token.encode("ascii"), registry=_REGISTRY)
            header = obj.headers()
            key = self._key(header.get("kid"))
            if header.get("alg") != key.alg:
                raise NotOurs("another algorithm than the key's")
            if not jws.validate_compact(obj, key, registry=_REGISTRY):
                raise NotOurs("the signature does not fit")
            claims = orjson.loads(obj.payload)
        except NotOurs:
            raise
        except (JoseError, ValueError, TypeError) as error:  # TypeError: a header whose members are of another shape
            raise NotOurs(str(error)) from error
        if not isinstance(claims, dict):
            raise NotOurs("the claims are not an object")
        return Read(header, claims)

    def document(self) -> tuple[bytes, str]:
        """Return the public key set (RFC 7517 §5) as bytes, and its ETag."""
        keys = self._current()
        return keys.document, keys.etag

    def forget(self) -> None:
        """Read the table again at the next use."""
        with self._lock:
            self._keys = None

    def _key(self, kid: object) -> Key:
        keys = self._current()
        if kid not in keys.verifying:
            keys = self._current(at_most=_LOOK_AGAIN)
        if not isinstance(kid, str) or kid not in keys.verifying:
            raise NotOurs("no key has this kid")
        return keys.verifying[kid]

    def _current(self, at_most: timedelta = _FRESH) -> _Keys:
        now = self._clock.now()
        known = self._keys
        # A clock that was set back makes keys of the "future" stale, too.
        if known is not None and timedelta(0) <= now - known.read_at <= at_most:
            return known
        with self._lock:
            known = self._keys
            if known is None or not timedelta(0) <= now - known.read_at <= at_most:
                self._keys = known = self._load(now)
            return known

    def _load(self, now: datetime) -> _Keys:
        parsed = {**(self._keys.verifying if self._keys else {})}
        with self._database.connection() as connection:
            rows = connection.execute(select(_table).order_by(_table.c.created_at, _table.c.kid)).all()
        verifying = {row.kid: parsed.get(row.kid) or self._parse(row.algorithm, row.private_box) for row in rows}
        signing = {row.algorithm: verifying[row.kid] for row in rows if row.state == State.ACTIVE.value}
        document = orjson.dumps({"keys": [row.public_jwk for row in rows]})
        return _Keys(now, signing, verifying, document, sha256(document.decode())[:24])

    def _parse(self, algorithm: str, private_box: str) -> Key:
        jwk = json.loads(self._box.decrypt(private_box))
        return _KINDS[algorithm].import_key(jwk)


def _base64url(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")
