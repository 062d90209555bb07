"""Services call each other as OAuth clients: one token per neighbour, renewed before it ends, nothing asked twice."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import structlog
from flask import Flask, request
from flask.typing import ResponseReturnValue
from joserfc.jwk import KeySetSerialization

from shared.auth.verifier import TokenRefused, TokenVerifier
from shared.clock import SettableClock
from shared.errors import Problem
from shared.neighbours import Neighbours
from tests.support.issuer import ORIGIN, Issuer, issuer_app
from tests.support.kiosk import Kiosk

PATH = "/api/access/v1/functions"


class AccessManager:
    """A neighbour that writes down what it hears and can refuse."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.bodies: list[bytes] = []
        self.request_ids: list[str | None] = []
        self.cookies: list[str] = []
        self.refuses = 0
        self.app = Flask("neighbour", static_folder=None)
        self.app.add_url_rule(PATH, "all", self.answer, methods=["GET", "POST"])

    def answer(self) -> ResponseReturnValue:
        """Take the call down."""
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        self.bodies.append(request.get_data())
        self.request_ids.append(request.headers.get("X-Request-ID"))
        self.cookies.append(request.headers.get("Cookie", ""))
        if self.refuses:
            self.refuses -= 1
            return {}, 401
        return {"ok": True}, 200, {"Set-Cookie": "session=of-somebody; Path=/"}


@pytest.fixture
def issuer(clock: SettableClock) -> Issuer:
    """Who gives the tokens."""
    return Issuer(clock)


@pytest.fixture
def access_manager() -> AccessManager:
    """The neighbour."""
    return AccessManager()


@pytest.fixture
def neighbours(kiosk: Kiosk, issuer: Issuer, access_manager: AccessManager, clock: SettableClock) -> Neighbours:
    """The kiosk's neighbours, in this process."""
    transports = {
        "identity": httpx.WSGITransport(app=issuer_app(issuer)),
        "access-manager": httpx.WSGITransport(app=access_manager.app),
    }
    return Neighbours("kiosk", kiosk.context.settings, clock, transports)


@pytest.fixture
def client(neighbours: Neighbours) -> Iterator[httpx.Client]:
    """The way to access-manager."""
    yield neighbours.get("access-manager")


def test_a_call_carries_a_token_meant_for_the_neighbour(
    client: httpx.Client, access_manager: AccessManager, issuer: Issuer, clock: SettableClock
) -> None:
    """`aud` is the neighbour's API alone (RFC 8707), so nobody can pass the token on."""

    def keys() -> KeySetSerialization:
        return {"keys": [key.as_dict(private=False) for key in issuer.keys]}

    assert client.get(PATH).json() == {"ok": True}
    token = access_manager.tokens[0]
    assert TokenVerifier(ORIGIN, f"{ORIGIN}/api/access", clock, keys).verify(token).client_id == "kiosk"
    with pytest.raises(TokenRefused, match="another audience"):
        TokenVerifier(ORIGIN, f"{ORIGIN}/api/registration", clock, keys).verify(token)


def test_one_token_serves_many_calls(client: httpx.Client, issuer: Issuer, access_manager: AccessManager) -> None:
    """Identity is asked once, however many calls and clients."""
    for _ in range(10):
        client.get(PATH)
    assert issuer.count("/oauth/token") == 1
    assert len(set(access_manager.tokens)) == 1


def test_a_token_is_renewed_before_it_ends(client: httpx.Client, issuer: Issuer, clock: SettableClock) -> None:
    """Half a minute early, so that no call arrives with a token that has just ended."""
    client.get(PATH)
    clock.advance(timedelta(seconds=569))
    client.get(PATH)
    assert issuer.count("/oauth/token") == 1
    clock.advance(timedelta(seconds=1))
    client.get(PATH)
    assert issuer.count("/oauth/token") == 2


def test_a_clock_that_was_set_back_renews_it_too(client: httpx.Client, issuer: Issuer, clock: SettableClock) -> None:
    """A token from the "future" would be refused."""
    client.get(PATH)
    clock.advance(timedelta(hours=-1))
    client.get(PATH)
    assert issuer.count("/oauth/token") == 2


def test_a_refused_token_is_renewed_once(client: httpx.Client, issuer: Issuer, access_manager: AccessManager) -> None:
    """After a 401 (keys rotated, say) the call is sent again with a new token and the same body."""
    access_manager.refuses = 1
    assert client.post(PATH, json={"a": 1}).status_code == 200
    assert issuer.count("/oauth/token") == 2
    assert access_manager.bodies[0] == access_manager.bodies[1] != b""
    assert len(set(access_manager.tokens)) == 2


def test_a_neighbour_that_goes_on_refusing_is_not_asked_for_ever(
    client: httpx.Client, access_manager: AccessManager
) -> None:
    """The second 401 is the answer."""
    access_manager.refuses = 99
    assert client.get(PATH).status_code == 401
    assert len(access_manager.tokens) == 2


def test_a_refusal_of_identity_is_a_503_in_our_words(client: httpx.Client, issuer: Issuer) -> None:
    """Nobody sees a stack; the slug says which two services to look at."""
    issuer.refuses_tokens = True
    with pytest.raises(Problem) as refusal:
        client.get(PATH)
    assert (refusal.value.status, refusal.value.slug) == (503, "no-service-token")


def test_keys_that_cannot_be_fetched_are_a_503(neighbours: Neighbours, issuer: Issuer) -> None:
    """Whether identity is away or answers nonsense."""
    assert neighbours.jwks()["keys"]
    issuer.away = True
    with pytest.raises(Problem) as refusal:
        neighbours.jwks()
    assert refusal.value.slug == "identity-away"


def test_the_request_id_travels_along(client: httpx.Client, access_manager: AccessManager) -> None:
    """One id in the logs of all services that a request reached."""
    with structlog.contextvars.bound_contextvars(request_id="req-of-somebody"):
        client.get(PATH)
    client.get(PATH)
    assert access_manager.request_ids == ["req-of-somebody", None]


def test_clients_are_kept(neighbours: Neighbours) -> None:
    """Making one costs a TLS context: one per neighbour and kind is enough."""
    assert neighbours.get("access-manager") is neighbours.get("access-manager")
    assert neighbours.bare("identity") is neighbours.bare("identity")
    assert str(neighbours.bare("identity").base_url).startswith(("http://identity", ORIGIN))


def test_no_cookie_travels_from_one_call_to_the_next(client: httpx.Client, access_manager: AccessManager) -> None:
    """One client serves many people; what one answer sets, no other request carries."""
    client.get(PATH)
    client.get(PATH)
    assert access_manager.cookies == ["", ""]


def test_a_neighbour_that_does_not_answer_is_given_up_soon(neighbours: Neighbours) -> None:
    """Two seconds, one to connect: a slow neighbour does not hold our threads."""
    timeout = neighbours.bare("identity").timeout
    assert (timeout.connect, timeout.read) == (1.0, 5.0)
