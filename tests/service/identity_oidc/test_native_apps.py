"""Native apps: public clients, which keep no secret (RFC 8252, RFC 6749 §2.1)."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from identity.oidc.clients.policy import NONE, ClientSpec
from identity.oidc.clients.profiles import with_profile
from tests.service.identity_oidc.signing import register
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite


def native() -> ClientSpec:
    """An app on a phone, which keeps no secret."""
    return with_profile(
        "native",
        id="phone",
        name="Phone",
        redirect_uris=("com.example.phone:/cb", "http://127.0.0.1/cb"),
        minimum_acr="urn:gatehouse:acr:1",
        justification="The people of these tests have a password only.",
        scopes=("openid", "profile"),
    )


class Phone(App):
    """A public client: no secret anywhere, its id in the body."""

    def token(self, form: dict[str, str]) -> httpx.Response:
        """POST a form to the token endpoint with nothing but the id."""
        return self.suite.http.post("/oauth/token", data=form | {"client_id": self.client_id})

    def landed(self, browser: Browser, **changes: str | None) -> dict[str, str]:
        """Return what comes back to the app: by a redirect, or by the page that hands over to an app's own scheme."""
        answer = self.authorize(browser, **changes)
        uri, web = self.redirect_uri, self.redirect_uri.startswith("http")
        assert answer.status_code == (303 if web else 200), answer.text
        links = [answer.headers["Location"]] if web else re.findall(r'href="([^"]+)"', answer.text)
        [found] = {unescape(link) for link in links if link.startswith(f"{uri}?")}
        return dict(parse_qsl(urlsplit(found).query))


@pytest.mark.parametrize("uri", ["com.example.phone:/cb", "http://127.0.0.1:49152/cb"])
def test_a_native_app_signs_somebody_in_without_a_secret(suite: Suite, browser: Browser, uri: str) -> None:
    """RFC 8252: its own scheme, or loopback on whatever port; PKCE stands in for the secret."""
    register(suite, native())
    phone = Phone(suite, "phone", uri, scope="openid profile")
    stolen = phone.landed(browser)
    assert phone.redeem(stolen["code"], "v" * 43).status_code == 400
    told = phone.landed(browser)
    tokens = phone.redeem(told["code"], phone.verifiers[told["state"]]).json()
    assert phone.refresh(tokens["refresh_token"]).status_code == 200
    bare = phone.landed(browser, code_challenge=None, code_challenge_method=None)
    assert (bare["error"], bare["iss"]) == ("invalid_request", ORIGIN)


@pytest.mark.parametrize(
    "uri",
    [
        "com.example.phone:/cb/",
        "com.example.phone:/CB",
        "com.example.phone://cb",
        "com.example.phone:cb",
        "com.example.other:/cb",
        "COM.EXAMPLE.PHONE:/cb",
        "http://127.0.0.1:49152/other",
        "http://localhost:49152/cb",
        "https://127.0.0.1/cb",
    ],
)
def test_attack_1_an_apps_own_scheme_is_compared_as_it_stands(suite: Suite, browser: Browser, uri: str) -> None:
    """Threat 1 for native apps: a page of ours, and nothing is sent anywhere."""
    register(suite, native())
    answer = Phone(suite, "phone", uri, scope="openid").authorize(browser)
    assert answer.status_code == 400 and "Location" not in answer.headers


def test_a_public_client_gets_nothing_that_is_not_somebodys(suite: Suite, portal: App) -> None:
    """ASVS 10.4.10: knowing its id is all it takes to be it, so no token of its own, and no look at tokens."""
    register(suite, native())
    own = suite.http.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": "phone"})
    assert own.json()["error"] == "unauthorized_client"
    asked = suite.http.post(
        "/oauth/introspect", data={"client_id": "phone", "token": portal.own_token().json()["access_token"]}
    )
    assert asked.status_code == 401 and "GH-OIDC-071" in asked.text
    named = suite.http.get("/.well-known/openid-configuration").json()
    assert NONE in named["token_endpoint_auth_methods_supported"]
    assert NONE not in named["introspection_endpoint_auth_methods_supported"]
    secret = {"grant_type": "client_credentials", "client_id": "phone", "client_secret": "x" * 43}
    assert suite.http.post("/oauth/token", data=secret).status_code == 401


def test_a_native_app_that_is_switched_off_is_unknown(suite: Suite) -> None:
    """Its id alone was its proof, and is none any more."""
    register(suite, native())
    form = {"client_id": "phone", "token": "x"}
    assert suite.http.post("/oauth/revoke", data=form).status_code == 200
    register(suite, replace(native(), enabled=False))
    assert suite.http.post("/oauth/revoke", data=form).status_code == 401
