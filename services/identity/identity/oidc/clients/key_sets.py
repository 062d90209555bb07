"""The keys that a client signs its assertions with: written in its registration, or behind its `jwks_uri`.

    found, fresh ──▶ used          kid unknown ──▶ looked at again, ten seconds apart at most
    older than five minutes ──▶ looked at again; while that fails, the old ones serve for an hour from their reading
    failed ──▶ left alone for half a minute

A stranger can name any client and any `kid`, so what a request may make us do is bounded: one call at a time for each
client and two in all, each ended by the fetcher after five seconds; whoever needs another's call waits one second
(threat 56). A key that a client withdraws is forgotten within the hour, whatever happens to its address.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from identity.oidc.clients.jwk import ClientKey, Key, read_keys
from identity.oidc.clients.policy import Client
from identity.oidc.outbound.fetcher import Fetcher, Unreachable

FRESH = 300.0  # seconds
KEPT_AT_MOST = 3600.0
LOOK_AGAIN = 10.0
AFTER_FAILURE = 30.0
_CALLS_AT_ONCE = 2
_WAIT = 1.0
_CLIENTS_AT_MOST = 1000
_NEVER = float("-inf")


@dataclass(frozen=True)
class _Known:
    """What a process knows of one client's keys. `source` is what they were read from, so a new one counts at once."""

    source: object
    keys: Sequence[ClientKey] = ()
    read_at: float = _NEVER
    next_look: float = _NEVER
    trouble: str = ""


class KeySets:
    """Shared by all threads of a process. `tick` counts seconds and never goes back."""

    def __init__(self, fetcher: Fetcher, tick: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._tick = tick
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._calling: dict[str, threading.Event] = {}

    def find(self, client: Client, kid: str | None, alg: str) -> Key | None:
        """Return the client's key for a signature, or None. Without `kid` there must be exactly one that fits."""
        known = self._of(client)
        if client.jwks_uri is None:
            return _fitting(known.keys, kid, alg)
        age = self._tick() - known.read_at
        found = _fitting(known.keys, kid, alg) if age < KEPT_AT_MOST else None
        if found is not None and age < FRESH:
            return found
        if not self._looked_again(client, client.jwks_uri, known, patient=found is None):
            return found
        known = self._of(client)
        return _fitting(known.keys, kid, alg) if self._tick() - known.read_at < KEPT_AT_MOST else None

    def trouble(self, client: Client) -> str:
        """Return why the keys of a client could not be read the last time, or nothing."""
        return self._of(client).trouble

    def _of(self, client: Client) -> _Known:
        source: object = client.jwks if client.jwks_uri is None else client.jwks_uri
        known = self._known.get(client.id)
        if known is None or known.source != source:
            known = _Known(source) if client.jwks_uri else _written(source)
            self._keep(client.id, known)
        return known

    def _keep(self, client_id: str, known: _Known) -> None:
        with self._lock:
            if client_id not in self._known and len(self._known) >= _CLIENTS_AT_MOST:
                del self._known[next(iter(self._known))]
            self._known[client_id] = known

    def _looked_again(self, client: Client, uri: str, known: _Known, *, patient: bool) -> bool:
        """Ask the address, or wait for whoever is asking; return whether there is news."""
        mine = threading.Event()
        with self._lock:
            asking = self._calling.get(client.id)
            if asking is None:
                # Whoever asked since has left word; the word may have been dropped where there are very many clients.
                too_soon = self._tick() < self._known.get(client.id, known).next_look
                if too_soon or len(self._calling) >= _CALLS_AT_ONCE:
                    return False
                self._calling[client.id] = mine
        if asking is not None:
            return patient and asking.wait(_WAIT)
        try:
            self._keep(client.id, self._asked(client, uri))
        finally:
            with self._lock:
                del self._calling[client.id]
            mine.set()
        return True

    def _asked(self, client: Client, uri: str) -> _Known:
        try:
            keys = read_keys(self._fetcher.get_json(uri))
        except (Unreachable, ValueError) as error:
            next_look = self._tick() + AFTER_FAILURE
            return replace(self._of(client), source=uri, next_look=next_look, trouble=f"jwks_uri: {error}")
        now = self._tick()
        return _Known(uri, keys, now, now + LOOK_AGAIN)


def _written(jwks: object) -> _Known:
    try:
        return _Known(jwks, read_keys(jwks) if jwks is not None else ())
    except ValueError as error:  # registered before today's rules: the client is refused, not the process
        return _Known(jwks, trouble=f"jwks: {error}")


def _fitting(keys: Sequence[ClientKey], kid: str | None, alg: str) -> Key | None:
    fitting = [one for one in keys if alg in one.algorithms and kid in (None, one.kid)]
    # Two keys of one kid are the client's mistake: guessing which was meant is not ours.
    return fitting[0].key if len(fitting) == 1 else None
