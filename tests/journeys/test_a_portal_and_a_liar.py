"""The sample portal, which developers copy, in front of a provider that lies and of strangers who knock."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

from deploy.portal.app import create_app

NOW = 1_795_446_000
PORTAL = "http://portal.localhost"


@dataclass
class Liar:
    """A provider whose userinfo speaks of `subject`, whoever signed in. `asked_for_keys`: how often somebody did."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    subject: str = "acc_priya"
    nonce: str = ""
    issuer: str = ""
    asked_for_keys: int = 0

    def app(self) -> Flask:
        """Its addresses."""
        app = Flask("liar")

        @app.get("/.well-known/openid-configuration")
        def metadata() -> dict[str, Any]:
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            names |= {"userinfo_endpoint": "userinfo", "end_session_endpoint": "logout"}
            told: dict[str, Any] = {name: f"{self.issuer}/{path}" for name, path in names.items()}
            return {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["ES256"], **told}

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            self.asked_for_keys += 1
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        def token() -> dict[str, Any]:
            assert request.form["code_verifier"]
            claims = {"iss": self.issuer, "aud": "portal", "sub": "acc_priya", "sid": "ses_1", "nonce": self.nonce}
            signed = jwt.encode({"alg": "ES256", "kid": "k1"}, {**claims, "iat": NOW, "exp": NOW + 60}, self.key)
            return {"access_token": "t", "token_type": "Bearer", "expires_in": 600, "id_token": signed}

        @app.get("/userinfo")
        def userinfo() -> dict[str, Any]:
            return {"sub": self.subject, "name": "Somebody"}

        return app


@pytest.fixture
def liar() -> Iterator[Liar]:
    """The provider, on a socket."""
    made = Liar()
    server = make_server("127.0.0.1", 0, made.app(), threaded=True)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    yield made
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture
def browser(liar: Liar) -> httpx.Client:
    """A browser at the portal."""
    portal = create_app(liar.issuer, "portal", "s" * 48, PORTAL, "k" * 40, lambda: NOW)
    return httpx.Client(transport=httpx.WSGITransport(app=portal), base_url=PORTAL)


def sign_in(liar: Liar, browser: httpx.Client) -> httpx.Response:
    """Go to the provider and come back with a code."""
    asked = httpx.URL(browser.get("/sign-in").headers["Location"]).params
    liar.nonce = asked["nonce"]
    return browser.get("/callback", params={"code": "c", "state": asked["state"], "iss": liar.issuer})


def test_userinfo_of_the_person_who_signed_in(liar: Liar, browser: httpx.Client) -> None:
    """The way as it should be: the portal knows who came."""
    assert sign_in(liar, browser).headers["Location"] == "/"
    assert "Somebody" in browser.get("/").text


def test_userinfo_of_somebody_else(liar: Liar, browser: httpx.Client) -> None:
    """OIDC Core §5.3.2: an answer with another `sub` than the ID token's is not used (token substitution)."""
    liar.subject = "acc_admin"
    assert sign_in(liar, browser).status_code == 403
    assert "Somebody" not in browser.get("/").text


def test_threat_56_a_flood_of_unknown_keys(liar: Liar, browser: httpx.Client) -> None:
    """Whoever sends logout tokens with keys of their own invention does not make the portal flood the provider."""
    for number in range(20):
        strange = jwt.encode({"alg": "ES256", "kid": f"x{number}"}, {"sid": "ses_1"}, ECKey.generate_key("P-256"))
        assert browser.post("/signed-out", data={"logout_token": strange}).status_code == 400
    assert liar.asked_for_keys <= 2
