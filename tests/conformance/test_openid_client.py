"""The certified client `openid-client` signs people in through the pages, and believes what it is told."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.conformance.openid_client import BACK, SCOPE, OpenIdClient, Refused, openid_client
from tests.support.chromium import ChromiumVisitor, chromium
from tests.support.pages import PageVisitor
from tests.support.relying_party import client_of
from tests.support.world import World, code_now, person

pytestmark = pytest.mark.conformance
pytest_plugins = ("tests.support.stack_fixture",)

ACR_1, ACR_2 = "urn:gatehouse:acr:1", "urn:gatehouse:acr:2"


@pytest.fixture
def app(world: World) -> Iterator[OpenIdClient]:
    """An app that is content with a password."""
    with openid_client(world, client_of(world, "trial")) as running:
        yield running


def test_discovery_says_what_a_certified_client_needs(app: OpenIdClient, world: World) -> None:
    """Issuer, PKCE S256 and every endpoint are found through the metadata."""
    assert app.promised["pkce"] is True
    assert app.promised["metadata"]["issuer"] == world.base_url
    assert app.promised["metadata"]["authorization_response_iss_parameter_supported"] is True


@pytest.mark.parametrize("authentication", ["basic", "post"])
def test_a_member_signs_in_with_a_password(world: World, authentication: str) -> None:
    """Code, PKCE, state, nonce, issuer, signature and times all fit; userinfo speaks of the same person."""
    with openid_client(world, client_of(world, "trial"), authentication) as app:
        found = app.sign_in(world, PageVisitor(world.base_url), "priya.nair")
        claims = found["claims"]
        assert claims["acr"] == ACR_1
        assert claims["amr"] == ["pwd"]
        assert claims["org"]["name"] == "Northfield Family Medicine"
        assert "claims.status.view" in claims["functions"]
        assert found["answer"]["iss"] == world.base_url  # RFC 9207
        told = app.ask("userinfo")
        assert told["sub"] == claims["sub"]
        assert told["preferred_username"] == "priya.nair"
        assert told["email"] == person(world, "priya.nair")["email"]


def test_an_app_that_asks_for_two_factors_gets_them(app: OpenIdClient, world: World) -> None:
    """`acr_values` leads over the code of an authenticator app; the ID token says how the person proved it."""
    visitor = PageVisitor(world.base_url)
    app.begin(world, visitor, "omar.haddad", acr_values=ACR_2)
    assert BACK not in visitor.text
    visitor.fill("6-digit code", code_now(world, "omar.haddad"))
    visitor.press("Continue")
    assert BACK in visitor.text
    claims = app.ask("redeem")["claims"]
    assert claims["acr"] == ACR_2
    assert set(claims["amr"]) == {"pwd", "otp", "mfa"}


def test_the_same_in_a_real_browser(app: OpenIdClient, world: World) -> None:
    """Chromium follows from the form to the app's own loopback port: the form-action policy lets it through."""
    with chromium() as browser:
        visitor = ChromiumVisitor(browser, world.base_url)
        app.begin(world, visitor, "grace.okafor", acr_values=ACR_2)
        visitor.fill("6-digit code", code_now(world, "grace.okafor"))
        visitor.press("Continue")
        visitor.page.get_by_text(BACK).wait_for()
        assert app.ask("redeem")["claims"]["acr"] == ACR_2
        sign_out = app.ask("sign_out_address")
        visitor.open(sign_out["url"])
        visitor.page.get_by_text(BACK).wait_for()
        assert app.ask("landed") == {"path": "/", "fits": True}
        assert visitor.faults == []


def test_a_second_app_needs_no_second_sign_in(app: OpenIdClient, world: World) -> None:
    """Single sign-on: the same browser passes straight through, and `prompt=none` works."""
    visitor = PageVisitor(world.base_url)
    first = app.sign_in(world, visitor, "priya.nair")["claims"]
    visitor.open(app.ask("authorize", parameters={"scope": SCOPE, "prompt": "none"})["url"])
    second = app.ask("redeem")["claims"]
    assert (second["sub"], second["sid"], second["auth_time"]) == (first["sub"], first["sid"], first["auth_time"])


def test_max_age_asks_for_the_password_again(app: OpenIdClient, world: World) -> None:
    """The client checks `auth_time` itself, and is content."""
    visitor = PageVisitor(world.base_url)
    first = app.sign_in(world, visitor, "priya.nair")["claims"]
    world.set_clock(world.now() + timedelta(seconds=5))
    app.begin(world, visitor, "priya.nair", max_age="0")
    assert app.ask("redeem", max_age=30)["claims"]["auth_time"] >= first["auth_time"] + 5


def test_prompt_none_without_a_session_is_told_so(app: OpenIdClient, world: World) -> None:
    """Nobody is signed in: the app hears `login_required` instead of a page."""
    PageVisitor(world.base_url).open(app.ask("authorize", parameters={"scope": SCOPE, "prompt": "none"})["url"])
    with pytest.raises(Refused) as refused:
        app.ask("redeem")
    assert refused.value.error == "login_required"


def test_refreshing_rotates_and_notices_a_copy(app: OpenIdClient, world: World) -> None:
    """Each refresh token works once; a used one ends the whole grant (RFC 9700 §4.14)."""
    first = app.sign_in(world, PageVisitor(world.base_url), "priya.nair")["tokens"]
    refreshed = app.ask("refresh")
    assert refreshed["rotated"]
    assert app.ask("introspect")["active"] is True
    assert app.ask("userinfo")["preferred_username"] == "priya.nair"
    with pytest.raises(Refused) as refused:
        app.ask("refresh_with", token=first["refresh_token"])
    assert refused.value.error == "invalid_grant"
    with pytest.raises(Refused):
        app.ask("refresh")  # the good one is gone too: nobody knows which of the two was the thief


def test_a_code_works_once(app: OpenIdClient, world: World) -> None:
    """The second use is refused and takes back what the first one gave (RFC 6749 §4.1.2)."""
    app.sign_in(world, PageVisitor(world.base_url), "priya.nair")
    with pytest.raises(Refused) as refused:
        app.ask("redeem_again")
    assert refused.value.error == "invalid_grant"
    assert app.ask("introspect") == {"active": False}


def test_introspection_follows_revocation(app: OpenIdClient, world: World) -> None:
    """A revoked refresh token takes the access token with it, at once."""
    tokens = app.sign_in(world, PageVisitor(world.base_url), "priya.nair")["tokens"]
    before = app.ask("introspect")
    assert before["active"] is True
    assert before["client_id"] == "trial"
    assert "claims.status.view" in before["functions"]
    app.ask("revoke", token=tokens["refresh_token"])
    assert app.ask("introspect") == {"active": False}
    with pytest.raises(Refused):
        app.ask("refresh")
    app.ask("revoke", token="nobody's token")  # unknown tokens are no error (RFC 7009 §2.2)


def test_an_app_gets_a_token_of_its_own(app: OpenIdClient, world: World) -> None:
    """Client credentials for one API (RFC 8707), and nothing that speaks of a person."""
    api = f"{world.base_url}/api/access"
    tokens = app.ask("client_credentials", parameters={"scope": "access.evaluate", "resource": api})
    assert "refresh_token" not in tokens
    assert "id_token" not in tokens
    facts = app.ask("introspect", token=tokens["access_token"])
    assert (facts["active"], facts["scope"]) == (True, "access.evaluate")
    with pytest.raises(Refused) as refused:
        app.ask("client_credentials", parameters={"resource": f"{world.base_url}/api/identity"})
    assert refused.value.error == "invalid_target"


def test_signing_out_through_the_app_ends_the_session(app: OpenIdClient, world: World) -> None:
    """RP-initiated logout comes back with the state, and the next `prompt=none` finds nobody."""
    visitor = PageVisitor(world.base_url)
    app.sign_in(world, visitor, "priya.nair")
    visitor.open(app.ask("sign_out_address")["url"])
    assert app.ask("landed") == {"path": "/", "fits": True}
    visitor.open(app.ask("authorize", parameters={"scope": SCOPE, "prompt": "none"})["url"])
    with pytest.raises(Refused) as refused:
        app.ask("redeem")
    assert refused.value.error == "login_required"


def test_a_wrong_secret_is_told_in_a_sentence(world: World) -> None:
    """The developer reads what to do, not only a code."""
    client = {**client_of(world, "trial"), "client_secret": "not-the-secret"}
    with openid_client(world, client, "basic") as app, pytest.raises(Refused) as refused:
        app.ask("client_credentials", parameters={"resource": f"{world.base_url}/api/access"})
    assert refused.value.code == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"  # 401 with a challenge: RFC 6749 §5.2


def test_the_metadata_has_no_address_that_is_not_there(world: World) -> None:
    """Every endpoint that discovery names answers something else than 404."""
    found = httpx.get(f"{world.base_url}/.well-known/openid-configuration").json()
    endpoints = {name: value for name, value in found.items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert len(endpoints) >= 9
    assert [name for name, address in endpoints.items() if httpx.get(address).status_code == 404] == []
