"""HTTP to the other services, as our own OAuth client: client credentials, a token per neighbour, short time-outs.

Never inside a transaction: a slow neighbour must not hold a lock of ours.
"""

import threading
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import structlog
from joserfc.jwk import KeySetSerialization

from shared.clock import Clock
from shared.config import Settings
from shared.errors import Problem, unavailable

# A neighbour that is gone refuses to connect; one that is busy (it hashes passwords) is given the time a person waits.
_TIMEOUT = httpx.Timeout(5.0, connect=1.0)
_RENEW_BEFORE = timedelta(seconds=30)
API_OF = {
    "identity": "identity",
    "registration": "registration",
    "access-manager": "access",
    "availability": "availability",
}


class Neighbours:
    """One HTTP client per neighbour, made at first use."""

    def __init__(
        self, name: str, settings: Settings, clock: Clock, transports: Mapping[str, httpx.BaseTransport] | None = None
    ) -> None:
        """`transports` replaces the network for neighbours that live in this process (all-in-one, tests)."""
        self._name = name
        self._settings = settings
        self._clock = clock
        self._transports = dict(transports or {})
        self._clients: dict[str, httpx.Client] = {}
        self._bare: dict[str, httpx.Client] = {}
        self._lock = threading.RLock()

    def get(self, name: str) -> httpx.Client:
        """Return the client for the neighbour's JSON API; each request carries our token and the request id."""
        with self._lock:
            if name not in self._clients:
                audience = f"{self._settings.public_url}/api/{API_OF[name]}"
                auth = _ServiceToken(self._name, self._settings, self._clock, self.bare("identity"), audience)
                self._clients[name] = self._client(name, auth)
            return self._clients[name]

    def bare(self, name: str) -> httpx.Client:
        """Return the client without a token: key sets, token endpoint."""
        with self._lock:
            if name not in self._bare:
                self._bare[name] = self._client(name, None)
            return self._bare[name]

    def jwks(self) -> KeySetSerialization:
        """Fetch identity's public keys (RFC 7517); raises a 503 Problem while identity is away."""
        try:
            answer = self.bare("identity").get("/oauth/jwks")
            answer.raise_for_status()
            found: KeySetSerialization = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise unavailable("identity-away", "Identity does not answer; try again shortly.") from error
        return found

    def _client(self, name: str, auth: httpx.Auth | None) -> httpx.Client:
        url = str(getattr(self._settings, f"{name.replace('-', '_')}_url"))
        hooks = {"request": [_with_request_id]}
        # One client serves everybody's requests: a cookie set in answer to one must not travel with the next.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return httpx.Client(
            base_url=url,
            auth=auth,
            timeout=_TIMEOUT,
            transport=self._transports.get(name),
            event_hooks=hooks,
            cookies=no_cookies,
        )


class _ServiceToken(httpx.Auth):
    """Client credentials (RFC 6749 §4.4) with the neighbour's API as resource (RFC 8707), renewed before it ends."""

    def __init__(self, name: str, settings: Settings, clock: Clock, identity: httpx.Client, audience: str) -> None:
        self._basic = (name, settings.service_client_secret.get_secret_value())
        self._clock = clock
        self._identity = identity
        self._audience = audience
        self._lock = threading.Lock()
        self._token: tuple[str, datetime, datetime] | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send with a token; a 401 (keys rotated, clock moved) renews it once."""
        request.headers["Authorization"] = f"Bearer {self._current()}"
        answer = yield request
        if answer.status_code == 401:
            self._token = None
            request.headers["Authorization"] = f"Bearer {self._current()}"
            yield request

    def _current(self) -> str:
        now = self._clock.now()
        with self._lock:
            # A clock that was set back makes a token of the "future" useless, so both ends are compared.
            if self._token is None or not self._token[1] <= now < self._token[2] - _RENEW_BEFORE:
                self._token = self._fetch(now)
            return self._token[0]

    def _fetch(self, now: datetime) -> tuple[str, datetime, datetime]:
        form = {"grant_type": "client_credentials", "resource": self._audience}
        answer = self._identity.post("/oauth/token", data=form, auth=self._basic)
        if answer.status_code != 200:
            raise Problem(503, "no-service-token", "Identity refused this service a token.", answer.text[:200])
        body = answer.json()
        return str(body["access_token"]), now, now + timedelta(seconds=int(body["expires_in"]))


def _with_request_id(request: httpx.Request) -> None:
    found = structlog.contextvars.get_contextvars().get("request_id")
    if found:
        request.headers["X-Request-ID"] = str(found)
