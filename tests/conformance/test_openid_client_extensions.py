"""`openid-client` with what an app may have on top: pushed requests, keys instead of secrets, bound tokens, devices."""

from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from identity.oidc.clients.policy import DEVICE_CODE, KEEP, NATIVE, PRIVATE_KEY_JWT, REFRESH
from tests.conformance.openid_client import BACK, SCOPE, OpenIdClient, Refused, openid_client
from tests.conformance.visiting import registered, type_password
from tests.support.pages import PageVisitor
from tests.support.relying_party import client_of
from tests.support.world import World

pytestmark = pytest.mark.conformance
pytest_plugins = ("tests.support.stack_fixture",)

PRIYA = "priya.nair"


@pytest.fixture
def visitor(world: World) -> PageVisitor:
    """A browser without JavaScript in which nobody is signed in."""
    return PageVisitor(world.base_url)


@pytest.fixture
def with_key(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """A client that pushes its requests, proves itself with a key and gets bound tokens; and that key."""
    key = ECKey.generate_key("P-256", {"kid": "of-the-app", "use": "sig"})
    client = registered(
        world,
        jwks={"keys": [key.as_dict(private=False)]},
        auth_methods=(PRIVATE_KEY_JWT,),
        auth_signing_alg="ES256",
        require_par=True,
        dpop_bound=True,
        refresh_rotation=KEEP,
    )
    return client, key.as_dict(private=True)


@pytest.fixture
def app(world: World, with_key: tuple[dict[str, Any], dict[str, Any]]) -> Iterator[OpenIdClient]:
    """The app of that client."""
    client, key = with_key
    with openid_client(world, client, "key", key=key, dpop=True) as running:
        yield running


def test_pushed_proved_and_bound_from_discovery_to_logout(
    app: OpenIdClient, world: World, visitor: PageVisitor
) -> None:
    """PAR, `private_key_jwt` and DPoP together, with the server's nonces: sign-in, userinfo, refresh, introspection,
    logout (rows E5, E6, E9)."""
    assert app.promised["metadata"]["pushed_authorization_request_endpoint"].startswith(world.base_url)
    found = app.sign_in(world, visitor, PRIYA, pushed=True)
    assert found["tokens"]["token_type"].lower() == "dpop"
    assert app.ask("userinfo")["preferred_username"] == PRIYA
    refreshed = app.ask("refresh")
    assert refreshed["rotated"] is False, "a bound token of a confidential client is kept (FAPI 2.0 §5.3.2.1)"
    assert refreshed["tokens"]["access_token"] != found["tokens"]["access_token"]
    told = app.ask("introspect")
    assert (told["active"], told["token_type"]) == (True, "DPoP")
    assert set(told["cnf"]) == {"jkt"}
    visitor.open(app.ask("sign_out_address")["url"])
    assert app.ask("landed") == {"path": "/", "fits": True}
    assert app.ask("introspect") == {"active": False}


def test_the_browser_carries_a_handle_and_nothing_else(app: OpenIdClient, visitor: PageVisitor) -> None:
    """What was pushed is not in the address: client_id and request_uri alone (RFC 9126 §4)."""
    address = app.ask("authorize", parameters={"scope": SCOPE}, pushed=True)["url"]
    assert set(dict(pair.split("=", 1) for pair in address.split("?")[1].split("&"))) == {"client_id", "request_uri"}
    visitor.open(address)
    assert "Sign in" in visitor.text


def test_a_stolen_token_is_of_no_use_to_others(app: OpenIdClient, world: World, visitor: PageVisitor) -> None:
    """Threat 14: with another key, or as a bearer token, userinfo says no; its own app goes on."""
    app.sign_in(world, visitor, PRIYA, pushed=True)
    for bearer in (False, True):
        with pytest.raises(Refused) as refused:
            app.ask("userinfo_of_a_thief", bearer=bearer)
        assert refused.value.code == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"
    assert app.ask("userinfo")["preferred_username"] == PRIYA


def test_a_client_that_pushes_must_push(app: OpenIdClient, visitor: PageVisitor) -> None:
    """The same request in the address is refused before anybody signs in."""
    visitor.open(app.ask("authorize", parameters={"scope": SCOPE})["url"])
    with pytest.raises(Refused) as refused:
        app.ask("redeem")
    assert refused.value.error == "invalid_request"


def test_another_key_is_not_the_client(world: World, with_key: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Threat 10, ASVS 9.1.3: an assertion is believed by the registered key, whatever `kid` its header names."""
    client, own = with_key
    key = {**ECKey.generate_key("P-256", {"kid": own["kid"]}).as_dict(private=True), "kid": own["kid"]}
    with openid_client(world, client, "key", key=key, dpop=True) as app, pytest.raises(Refused) as refused:
        app.ask("authorize", parameters={"scope": SCOPE}, pushed=True)
    assert refused.value.code == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"  # 401, as for a wrong secret


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "bound"])
def test_a_device_is_connected_at_another_screen(world: World, visitor: PageVisitor, dpop: bool) -> None:
    """Row E13, RFC 8628: somebody signed in types and confirms the code; the device gets tokens, and newer ones."""
    client = registered(world, profile=NATIVE, redirect_uris=(), grant_types=(DEVICE_CODE, REFRESH))
    with openid_client(world, client, "none", dpop=dpop) as app:
        told = app.ask("device", parameters={"scope": "openid profile offline_access"})
        visitor.open(told["verification_uri"])
        type_password(world, visitor, PRIYA)
        visitor.fill("Code on the device", told["user_code"])
        visitor.press("Continue")
        assert told["user_code"] in visitor.text
        visitor.press("Yes, connect the device")
        assert "The device is connected" in visitor.text
        found = app.ask("redeem_device")
        assert found["tokens"]["token_type"].lower() == ("dpop" if dpop else "bearer")
        assert app.ask("userinfo")["sub"] == found["claims"]["sub"]
        assert app.ask("refresh")["rotated"]


def test_a_device_that_nobody_wants_gets_nothing(world: World, visitor: PageVisitor) -> None:
    """The person says no, and the device hears it as `access_denied`."""
    client = registered(world, profile=NATIVE, redirect_uris=(), grant_types=(DEVICE_CODE, REFRESH))
    with openid_client(world, client, "none") as app:
        visitor.open(app.ask("device", parameters={"scope": "openid"})["verification_uri_complete"])
        type_password(world, visitor, PRIYA)
        visitor.press("Continue")
        visitor.press("No, do not connect it")
        with pytest.raises(Refused) as refused:
            app.ask("redeem_device")
        assert refused.value.error == "access_denied"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "Ed25519"])
def test_id_tokens_are_signed_as_the_app_is_registered(world: World, visitor: PageVisitor, algorithm: str) -> None:
    """Row E27, ASVS 9.1.2: the client finds the key of the algorithm in the key set, and the signature fits."""
    client = registered(world, secret="of-the-app-" * 4, signing_alg=algorithm)
    with openid_client(world, client, "basic") as app:
        id_token = app.sign_in(world, visitor, PRIYA)["tokens"]["id_token"]
        assert (
            jws.extract_compact(id_token.encode(), registry=JWSRegistry(algorithms=[algorithm])).headers()["alg"]
            == algorithm
        )


def test_an_app_without_a_secret_rotates_and_leaves(world: World, visitor: PageVisitor) -> None:
    """RFC 8252: a native app signs in on a loopback port of the moment, refreshes, revokes, signs out."""
    with openid_client(world, client_of(world, "trial-native"), "none") as app:
        app.sign_in(world, visitor, PRIYA)
        assert app.ask("refresh")["rotated"]
        assert app.ask("userinfo")["preferred_username"] == PRIYA
        app.ask("revoke")
        with pytest.raises(Refused) as refused:
            app.ask("userinfo")
        assert refused.value.code == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"
        visitor.open(app.ask("sign_out_address")["url"])
        assert app.ask("landed") == {"path": "/", "fits": True}


def test_an_app_of_somebody_else_is_allowed_once(world: World, visitor: PageVisitor) -> None:
    """ASVS 10.7.1: the person reads what it would learn and allows it; the next time nobody asks."""
    scope = "openid profile email"
    with openid_client(world, client_of(world, "trial-partner"), "basic") as app:
        app.begin(world, visitor, "grace.okafor", scope=scope)
        assert "Allow Local trial, partner to know you?" in visitor.text
        visitor.press("Allow")
        assert BACK in visitor.text
        assert app.ask("redeem")["tokens"]["scope"] == scope
        visitor.open(app.ask("authorize", parameters={"scope": scope})["url"])
        assert BACK in visitor.text
        assert app.ask("redeem")["claims"]["sub"]
