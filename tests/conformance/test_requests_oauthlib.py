"""requests-oauthlib, the client of many Python programs: OAuth 2 with PKCE; what OpenID adds, the app does itself."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from oauthlib.oauth2 import BackendApplicationClient, InvalidGrantError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.conformance.visiting import id_token_claims, sent, signed_out
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE, client_of, discover
from tests.support.world import World

pytestmark = pytest.mark.conformance
pytest_plugins = ("tests.support.stack_fixture",)

PRIYA = "priya.nair"
SCOPE = ("openid", "profile", "email")


@dataclass
class App:
    """An app made with it, for a demo client with a secret or without."""

    world: World
    session: OAuth2Session
    secret: str | None
    metadata: dict[str, Any]
    visitor: PageVisitor
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def auth(self) -> HTTPBasicAuth:
        """How the client proves itself where the library leaves it to the app."""
        return HTTPBasicAuth(self.session.client_id, self.secret)

    def sign_in(self) -> dict[str, Any]:
        """Send Priya through the pages, redeem the code; the library checks state and scope."""
        address, _state = self.session.authorization_url(self.metadata["authorization_endpoint"], nonce=self.nonce)
        back = sent(self.world, self.visitor, address, PRIYA)
        return self.redeem(back)

    def redeem(self, back: str) -> dict[str, Any]:
        """Take a code to the token endpoint."""
        public = {"include_client_id": True} if self.secret is None else {"client_secret": self.secret}
        endpoint = self.metadata["token_endpoint"]
        return dict(self.session.fetch_token(endpoint, authorization_response=back, **public))

    def introspect(self, token: str) -> dict[str, Any]:
        """Ask about a token (RFC 7662)."""
        return dict(
            httpx.post(self.metadata["introspection_endpoint"], data={"token": token}, auth=self._pair()).json()
        )

    def _pair(self) -> tuple[str, str]:
        return str(self.session.client_id), str(self.secret)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library refuses plain http unless it is told that this is a trial."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def app(request: pytest.FixtureRequest, world: World) -> Iterator[App]:
    """An app of the trial client, or of the one that the test names."""
    client = client_of(world, getattr(request, "param", "trial"))
    with OAuth2Session(client["client_id"], redirect_uri=NOBODY_THERE, scope=SCOPE, pkce="S256") as session:
        yield App(world, session, client["client_secret"], discover(world), PageVisitor(world.base_url))


def test_from_discovery_to_logout(app: App) -> None:
    """Discovery, sign-in, userinfo, refresh, introspection, logout."""
    tokens = app.sign_in()
    claims = id_token_claims(app.world, app.metadata, tokens["id_token"])
    assert (claims["aud"], claims["nonce"]) == ("trial", app.nonce)
    assert app.session.get(app.metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    newer = app.session.refresh_token(app.metadata["token_endpoint"], auth=app.auth)
    assert newer["refresh_token"] != tokens["refresh_token"]
    assert app.session.get(app.metadata["userinfo_endpoint"]).json()["preferred_username"] == PRIYA
    told = app.introspect(newer["access_token"])
    assert (told["active"], told["sub"]) == (True, claims["sub"])
    assert signed_out(app.visitor, app.metadata, newer["id_token"]) == f"{NOBODY_THERE}?state=left"
    assert app.introspect(newer["access_token"]) == {"active": False}
    assert app.session.get(app.metadata["userinfo_endpoint"]).status_code == 401
    with pytest.raises(InvalidGrantError):
        app.session.refresh_token(app.metadata["token_endpoint"], auth=app.auth)


@pytest.mark.parametrize("app", ["trial-native"], indirect=True)
def test_an_app_without_a_secret(app: App) -> None:
    """A native app proves nothing but its PKCE verifier: sign-in, refresh, userinfo."""
    app.sign_in()
    app.session.refresh_token(app.metadata["token_endpoint"], client_id=app.session.client_id)
    assert app.session.get(app.metadata["userinfo_endpoint"]).json()["preferred_username"] == PRIYA


def test_a_code_works_once(app: App) -> None:
    """ASVS 10.4.2: the library hears `invalid_grant` the second time, and the first tokens are gone."""
    address, _state = app.session.authorization_url(app.metadata["authorization_endpoint"])
    back = sent(app.world, app.visitor, address, PRIYA)
    tokens = app.redeem(back)
    with pytest.raises(InvalidGrantError):
        app.redeem(back)
    assert app.introspect(tokens["access_token"]) == {"active": False}


def test_a_program_of_its_own(world: World) -> None:
    """Client credentials for one API."""
    client, metadata = client_of(world, "trial"), discover(world)
    auth = HTTPBasicAuth(client["client_id"], client["client_secret"])
    with OAuth2Session(client=BackendApplicationClient("trial", scope=["access.evaluate"])) as session:
        wanted = {"resource": f"{world.base_url}/api/access"}
        tokens = session.fetch_token(metadata["token_endpoint"], auth=auth, **wanted)
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", ["access.evaluate"])
