"""Authlib's client in a portal of somebody else: the same library as ours, but from its other end."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc.jwk import ECKey

from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, PRIVATE_KEY_JWT, REFRESH
from tests.conformance.visiting import id_token_claims, registered, sent, signed_out
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE, client_of, discover
from tests.support.world import World

pytestmark = pytest.mark.conformance
pytest_plugins = ("tests.support.stack_fixture",)

PRIYA = "priya.nair"
SCOPE = "openid profile email organization functions population"


@dataclass
class App:
    """An app made with it."""

    world: World
    session: Any
    metadata: dict[str, Any]
    visitor: PageVisitor
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def sign_in(self) -> dict[str, Any]:
        """Send Priya through the pages and redeem the code; the library checks the state."""
        verifier = secrets.token_urlsafe(48)
        endpoint = self.metadata["authorization_endpoint"]
        address, state = self.session.create_authorization_url(endpoint, code_verifier=verifier, nonce=self.nonce)
        back = sent(self.world, self.visitor, address, PRIYA)
        options = {"authorization_response": back, "state": state, "code_verifier": verifier}
        return dict(self.session.fetch_token(self.metadata["token_endpoint"], **options))

    def claims(self, tokens: dict[str, Any]) -> CodeIDToken:
        """The ID token, validated by the library: issuer, audience, nonce, times, `at_hash`."""
        found = id_token_claims(self.world, self.metadata, tokens["id_token"])
        params = {"nonce": self.nonce, "client_id": self.session.client_id, "access_token": tokens["access_token"]}
        options = {"iss": {"essential": True, "value": self.world.base_url}}
        token = CodeIDToken(found, {"alg": "ES256"}, options, params)
        token.validate(now=int(self.world.now().timestamp()))
        return token

    def userinfo(self) -> Any:
        """Ask for the claims of the person."""
        return self.session.get(self.metadata["userinfo_endpoint"])

    def introspect(self, token: str) -> dict[str, Any]:
        """Ask about a token."""
        return dict(self.session.introspect_token(self.metadata["introspection_endpoint"], token=token).json())


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def app(request: pytest.FixtureRequest, world: World) -> Iterator[App]:
    """An app of the trial client, proving itself in either way."""
    client = client_of(world, "trial")
    with _session(client["client_id"], client["client_secret"], request.param) as session:
        yield App(world, session, discover(world), PageVisitor(world.base_url))


def test_from_discovery_to_logout(app: App) -> None:
    """Discovery, sign-in, userinfo, refresh, introspection, logout."""
    tokens = app.sign_in()
    claims = app.claims(tokens)
    assert claims["preferred_username"] == app.userinfo().json()["preferred_username"] == PRIYA
    newer = app.session.refresh_token(app.metadata["token_endpoint"])
    assert newer["refresh_token"] != tokens["refresh_token"]
    assert app.userinfo().json()["sub"] == claims["sub"]
    assert app.introspect(newer["access_token"])["sub"] == claims["sub"]
    assert signed_out(app.visitor, app.metadata, newer["id_token"]) == f"{NOBODY_THERE}?state=left"
    assert app.introspect(newer["access_token"]) == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        app.session.refresh_token(app.metadata["token_endpoint"])
    assert app.userinfo().status_code == 401


def test_an_app_that_asks_for_offline_access_refreshes_as_well(app: App) -> None:
    """The scope is ignored at sign-in (OIDC Core §3.1.2.1), and so when the library repeats it (row E12)."""
    app.session.scope = f"{SCOPE} offline_access"
    tokens = app.sign_in()
    newer = app.session.refresh_token(app.metadata["token_endpoint"])
    assert newer["scope"] == tokens["scope"]


def test_revoking_ends_what_the_sign_in_gave(app: App) -> None:
    """RFC 7009 as the library sends it."""
    tokens = app.sign_in()
    answer = app.session.revoke_token(app.metadata["revocation_endpoint"], token=tokens["refresh_token"])
    assert answer.status_code == 200
    assert app.introspect(tokens["access_token"]) == {"active": False}


def test_a_program_of_its_own(app: App) -> None:
    """Client credentials for one API; refusals are exceptions with the provider's word."""
    options = {"grant_type": "client_credentials", "scope": "access.evaluate"}
    tokens = app.session.fetch_token(
        app.metadata["token_endpoint"], resource=f"{app.world.base_url}/api/access", **options
    )
    assert app.introspect(tokens["access_token"])["scope"] == "access.evaluate"
    with pytest.raises(OAuthError, match="invalid_target"):
        app.session.fetch_token(
            app.metadata["token_endpoint"], resource=f"{app.world.base_url}/api/identity", **options
        )


def test_a_key_instead_of_a_secret(world: World) -> None:
    """Row E9: `private_key_jwt`, the issuer as audience, from sign-in to refresh and introspection."""
    key = ECKey.generate_key("P-256", {"kid": "of-the-app", "use": "sig"})
    client = registered(
        world,
        jwks={"keys": [key.as_dict(private=False)]},
        auth_methods=(PRIVATE_KEY_JWT,),
        grant_types=(CODE, REFRESH, CLIENT_CREDENTIALS),
    )
    with _session(client["client_id"], key, PRIVATE_KEY_JWT) as session:
        session.register_client_auth_method(_AtTheSuitesTime(world))
        app = App(world, session, discover(world), PageVisitor(world.base_url))
        tokens = app.sign_in()
        assert app.claims(tokens)["preferred_username"] == PRIYA
        newer = session.refresh_token(app.metadata["token_endpoint"])
        assert app.introspect(newer["access_token"])["active"] is True


class _AtTheSuitesTime(PrivateKeyJWT):  # type: ignore[misc]
    """The library's own knows the machine's clock only, and would keep the first `jti` in claims that it is given."""

    def __init__(self, world: World) -> None:
        super().__init__(world.base_url, alg="ES256")
        self._world = world

    def sign(self, auth: Any, token_endpoint: str) -> str:
        now = int(self._world.now().timestamp())
        self.claims = {"iat": now, "exp": now + 60}
        return str(super().sign(auth, token_endpoint))


def _session(client_id: str, secret: Any, method: str) -> Any:
    return OAuth2Session(
        client_id,
        secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=NOBODY_THERE,
        scope=SCOPE,
        code_challenge_method="S256",
    )
