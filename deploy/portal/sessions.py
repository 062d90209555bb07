"""The portal's own sessions, kept here and not in the cookie: so that Gatehouse can end them (Back-Channel Logout 1.0).

A sample keeps them in memory and runs as one process; after a restart everybody signs in again, in a blink where the
sign-in at Gatehouse is still on. A portal of several processes puts the two dictionaries into its database or Redis.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import joserfc.errors
from joserfc import jwt
from joserfc.jwk import KeySet

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ALGORITHMS = ["ES256", "RS256", "EdDSA"]
_LONGEST = 24 * 3600.0  # seconds: no sign-in at Gatehouse lasts longer
_LATE = 60  # seconds by which clocks may differ


class Sessions:
    """Who is signed in here, by the `sid` of the sign-in at Gatehouse. `now` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._open: dict[str, tuple[float, dict[str, Any]]] = {}
        self._over: dict[str, float] = {}

    def begin(self, sid: str, facts: dict[str, Any]) -> bool:
        """Keep what is known of somebody who signed in; False where Gatehouse has ended that sign-in meanwhile."""
        with self._lock:
            self._forget()
            if sid in self._over:
                return False
            self._open[sid] = self._now(), facts
            return True

    def find(self, sid: str | None) -> dict[str, Any]:
        """Return what is known of whoever is signed in; empty where nobody is."""
        with self._lock:
            began, facts = self._open.get(sid or "", (0.0, {}))
            return facts if self._now() - began < _LONGEST else {}

    def leave(self, sid: str | None) -> None:
        """Forget a session because its person signs out here; Gatehouse decides about the sign-in itself."""
        with self._lock:
            self._open.pop(sid or "", None)

    def end(self, sid: str) -> None:
        """End a session for good: it ends once, and a callback that is just finishing does not bring it back."""
        with self._lock:
            self._open.pop(sid, None)
            self._over[sid] = self._now()

    def _forget(self) -> None:
        old = self._now() - _LONGEST
        self._open = {sid: kept for sid, kept in self._open.items() if kept[0] > old}
        self._over = {sid: at for sid, at in self._over.items() if at > old}


def ended_session(token: str, keys: Callable[[bool], Any], issuer: str, client_id: str, now: float) -> str:
    """Return the `sid` that a logout token says is over; raises ValueError for anything else (§2.6, ASVS 10.5.5).

    `keys(True)` fetches the provider's key set again, for a key that is newer than the one we know.
    """
    try:
        read = _read(token, keys)
    except (joserfc.errors.JoseError, ValueError) as error:
        raise ValueError("no key of the provider signed it") from error
    claims = read.claims
    if read.header.get("typ") != "logout+jwt":
        raise ValueError("another kind of token")
    if claims.get("iss") != issuer or claims.get("aud") not in (client_id, [client_id]):
        raise ValueError("from or for somebody else")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int) or not issued - _LATE <= now < expires + _LATE:
        raise ValueError("not of this time")
    events, sid = claims.get("events"), claims.get("sid")
    if not isinstance(events, Mapping) or not isinstance(events.get(EVENT), Mapping) or "nonce" in claims:
        raise ValueError("it does not speak of a logout")
    if not isinstance(sid, str) or not isinstance(claims.get("jti"), str):
        raise ValueError("it names no session")
    return sid


def _read(token: str, keys: Callable[[bool], Any]) -> jwt.Token:
    try:
        return jwt.decode(token, KeySet.import_key_set(keys(False)), algorithms=_ALGORITHMS)
    except joserfc.errors.InvalidKeyIdError:
        return jwt.decode(token, KeySet.import_key_set(keys(True)), algorithms=_ALGORITHMS)
