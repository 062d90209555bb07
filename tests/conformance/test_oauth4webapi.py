"""The certified client `oauth4webapi`, which does nothing by itself: each step of an app is asked for, and checked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from identity.oidc.clients.policy import DEVICE_CODE, NATIVE, REFRESH
from tests.conformance.openid_client import SCOPE, OpenIdClient, Refused, openid_client
from tests.conformance.visiting import registered, type_password
from tests.support.pages import PageVisitor
from tests.support.relying_party import client_of
from tests.support.world import World

pytestmark = pytest.mark.conformance
pytest_plugins = ("tests.support.stack_fixture",)

PRIYA = "priya.nair"
LEAN = "lean.mjs"


@pytest.fixture
def visitor(world: World) -> PageVisitor:
    """A browser without JavaScript in which nobody is signed in."""
    return PageVisitor(world.base_url)


@pytest.fixture
def device(world: World) -> Iterator[OpenIdClient]:
    """A device without a browser or a secret."""
    client = registered(world, profile=NATIVE, redirect_uris=(), grant_types=(DEVICE_CODE, REFRESH))
    with openid_client(world, client, "none", program=LEAN) as app:
        yield app


@pytest.mark.parametrize("algorithm", ["oidc", "oauth2"])
@pytest.mark.parametrize("authentication", ["basic", "post"])
def test_from_discovery_to_logout(world: World, visitor: PageVisitor, authentication: str, algorithm: str) -> None:
    """Discovery in either place, sign-in, userinfo, refresh, introspection, logout; `iss`, nonce and signature fit."""
    client = client_of(world, "trial")
    with openid_client(world, client, authentication, program=LEAN, algorithm=algorithm) as app:
        found = app.sign_in(world, visitor, PRIYA)
        assert found["answer"]["iss"] == app.promised["metadata"]["issuer"] == world.base_url
        assert found["tokens"]["scope"] == SCOPE.removesuffix(" offline_access")  # which promises nothing here
        assert app.ask("userinfo")["preferred_username"] == PRIYA
        assert app.ask("refresh")["rotated"]
        told = app.ask("introspect")
        assert (told["active"], told["sub"], told["client_id"]) == (True, found["claims"]["sub"], "trial")
        visitor.open(app.ask("sign_out_address")["url"])
        assert app.ask("landed") == {"path": "/", "fits": True}
        assert app.ask("introspect") == {"active": False}
        with pytest.raises(Refused) as refused:
            app.ask("refresh")
        assert refused.value.error == "invalid_grant"


def test_an_app_without_a_secret(world: World, visitor: PageVisitor) -> None:
    """A native app: sign-in, rotation, userinfo, and all of it taken back by revoking."""
    with openid_client(world, client_of(world, "trial-native"), "none", program=LEAN) as app:
        app.sign_in(world, visitor, PRIYA)
        assert app.ask("refresh")["rotated"]
        assert app.ask("userinfo")["preferred_username"] == PRIYA
        app.ask("revoke")
        with pytest.raises(Refused) as refused:
            app.ask("userinfo")
        assert refused.value.code == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"


def test_a_program_of_its_own(world: World) -> None:
    """Client credentials, and what introspection says of them."""
    with openid_client(world, client_of(world, "trial"), "basic", program=LEAN) as app:
        wanted = {"scope": "access.evaluate", "resource": f"{world.base_url}/api/access"}
        token = app.ask("client_credentials", parameters=wanted)["access_token"]
        told = app.ask("introspect", token=token)
        assert (told["active"], told["sub"], told["aud"]) == (True, "trial", f"{world.base_url}/api/access")
        app.ask("revoke", token=token)
        assert app.ask("introspect", token=token) == {"active": False}


def test_what_introspection_says_can_be_signed(world: World, visitor: PageVisitor) -> None:
    """Row E10, RFC 9701: type, issuer, audience and signature fit, and it says what the plain answer says."""
    with openid_client(world, client_of(world, "trial"), "basic", program=LEAN) as app:
        app.sign_in(world, visitor, PRIYA)
        plain = app.ask("introspect")
        assert plain["active"] is True
        assert app.ask("introspect", signed=True) == plain
        assert app.ask("introspect", signed=True, token="nobody's") == {"active": False}


def test_a_device_waits_its_turn(device: OpenIdClient, world: World, visitor: PageVisitor) -> None:
    """Row E13, threat 54: `authorization_pending`, `slow_down` for asking too soon, then tokens, once."""
    told = device.ask("device", parameters={"scope": "openid profile"})
    heard = [_refused(device), _refused(device)]
    assert heard == ["authorization_pending", "slow_down"]
    visitor.open(told["verification_uri_complete"])
    type_password(world, visitor, PRIYA)
    visitor.press("Continue")
    visitor.press("Yes, connect the device")
    world.set_clock(world.now() + timedelta(seconds=told["interval"] + 5))
    assert device.ask("redeem_device")["claims"]["iss"] == world.base_url
    assert device.ask("userinfo")["preferred_username"] == PRIYA
    world.set_clock(world.now() + timedelta(seconds=told["interval"] + 5))
    assert _refused(device) == "invalid_grant"


def test_a_device_code_runs_out(device: OpenIdClient, world: World) -> None:
    """Row E13: after the time that was promised, the device hears `expired_token` and starts again."""
    told = device.ask("device", parameters={"scope": "openid"})
    world.set_clock(world.now() + timedelta(seconds=told["expires_in"] + 1))
    assert _refused(device) == "expired_token"


def _refused(device: OpenIdClient) -> str:
    with pytest.raises(Refused) as refused:
        device.ask("redeem_device")
    return str(refused.value.error)
