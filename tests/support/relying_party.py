"""An app of somebody else's, reduced to its HTTP: discovery, code flow with PKCE, tokens, introspection."""

import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.support.pages import PageVisitor
from tests.support.world import World

NOBODY_THERE = "http://127.0.0.1:9/callback"


def client_of(world: World, name: str) -> dict[str, Any]:
    """Return a demo client's entry of the facts."""
    return next(entry for entry in world.facts["clients"] if entry["name"] == name)


def service_token(world: World, api: str, client: str | None = None) -> str:
    """Return an access token for a JSON API by client credentials: of `client`, or of the suite's service client."""
    credentials = client_of(world, client) if client else world.facts["service_client"]
    form = {"grant_type": "client_credentials", "resource": f"{world.base_url}/api/{api}"}
    auth = (credentials["client_id"], credentials["client_secret"])
    answer = httpx.post(discover(world)["token_endpoint"], data=form, auth=auth)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def discover(world: World) -> dict[str, Any]:
    """Return the provider's metadata."""
    return dict(httpx.get(f"{world.base_url}/.well-known/openid-configuration").json())


class RelyingParty:
    """A confidential client whose redirect address nobody listens at."""

    def __init__(self, world: World, visitor: PageVisitor, name: str) -> None:
        self._client = client_of(world, name)
        self._auth = (self._client["client_id"], self._client["client_secret"])
        self._metadata = discover(world)
        self.visitor = visitor
        self.visitor.stop_at = NOBODY_THERE
        self.tokens: dict[str, Any] = {}

    def sign_in(self, user_id: str, password: str, **parameters: str) -> dict[str, Any]:
        """Send the person through the pages and redeem the code; return the token answer."""
        verifier = secrets.token_urlsafe(48)
        query = {
            "response_type": "code",
            "client_id": self._client["client_id"],
            "redirect_uri": NOBODY_THERE,
            "scope": "openid profile email organization functions offline_access",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            **parameters,
        }
        self.visitor.open(f"{self._metadata['authorization_endpoint']}?{urlencode(query)}")
        if not self.returned:
            self.visitor.fill("User ID", user_id)
            self.visitor.fill("Password", password)
            self.visitor.press("Sign in")
        assert self.returned, self.visitor.text
        form = {"grant_type": "authorization_code", "redirect_uri": NOBODY_THERE, "code_verifier": verifier}
        answer = httpx.post(
            self._metadata["token_endpoint"], data={**form, "code": self.returned["code"]}, auth=self._auth
        )
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self.tokens

    @property
    def returned(self) -> dict[str, str]:
        """What the provider sent back to the app; empty while the person is still on the pages."""
        last = self.visitor.visited[-1].removeprefix("GET ")
        if not last.startswith(NOBODY_THERE):
            return {}
        return {name: values[0] for name, values in parse_qs(urlsplit(last).query).items()}

    def introspect(self) -> dict[str, Any]:
        """Ask about the access token (RFC 7662)."""
        form = {"token": self.tokens["access_token"]}
        answer = httpx.post(self._metadata["introspection_endpoint"], data=form, auth=self._auth)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def userinfo(self) -> httpx.Response:
        """Ask for the claims of the person."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return httpx.get(self._metadata["userinfo_endpoint"], headers=headers)
