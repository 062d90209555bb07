"""Deciding about others takes a strong, recent sign-in by a way that is not held back: console and API alike."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.service.access_manager.world import CLINIC, MEG, SAM, World, asks, clinic, manager, member

ACR_2 = "urn:gatehouse:acr:2"


@pytest.fixture
def waiting(world: World) -> str:
    """A request that waits for Meg; its approval's id."""
    world.seed(clinic(manager(), member()))
    world.tell("user.registered", "registration", "app_1", **asks())
    return str(world.published("approval.required")[-1].data["approval_id"])


def decide(world: World, approval: str, **claims: object) -> httpx.Response:
    """Approve by the API as Meg, with a token that tells of some sign-in."""
    path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval}/decision"
    return world.api(subject=MEG, **claims).post(path, json={"outcome": "approve"})


class TestTheApi:
    """A7: RFC 9470 on every act."""

    def test_an_old_sign_in_is_told_what_to_ask_for_then_the_act_goes_through(self, world: World, waiting: str) -> None:
        """A7: an hour and a bit is 401 with acr_values and max_age; after signing in again it is 200."""
        old = int((world.clock.now() - timedelta(hours=1, minutes=1)).timestamp())
        refused = decide(world, waiting, auth_time=old)
        assert refused.status_code == 401
        challenge = refused.headers["WWW-Authenticate"]
        assert 'error="insufficient_user_authentication"' in challenge
        assert f'acr_values="{ACR_2}"' in challenge and 'max_age="3600"' in challenge
        assert not world.published("approval.decided")
        assert decide(world, waiting).status_code == 200

    @pytest.mark.parametrize(
        "claims", [{"acr": "urn:gatehouse:acr:1"}, {"acr": "made:up"}, {"auth_time": None}], ids=str
    )
    def test_a_weak_or_silent_token_decides_nothing(self, world: World, waiting: str, claims: dict[str, Any]) -> None:
        """threat 24."""
        assert decide(world, waiting, **claims).status_code == 401
        assert not world.published("approval.decided")

    def test_a_factor_held_back_approves_nothing(self, world: World, waiting: str) -> None:
        """B6: 403 with the instant; afterwards it does."""
        until = world.clock.now() + timedelta(hours=24)
        held = {"restricted_until": int(until.timestamp())}
        refused = decide(world, waiting, **held)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/sign-in-held")
        world.clock.advance(timedelta(hours=24))
        assert decide(world, waiting, **held).status_code == 200

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("PUT", "members/mbr_x"),
            ("POST", "members/mbr_x/removal"),
            ("PUT", "managers/mbr_x"),
            ("DELETE", "managers/mbr_x"),
        ],
    )
    def test_every_other_act_asks_for_the_same(self, world: World, waiting: str, method: str, path: str) -> None:
        """Before anything is looked up: 401 whether or not there is such a member."""
        weak = world.api(subject=MEG, acr="urn:gatehouse:acr:1")
        assert weak.request(method, f"/api/access/v1/organizations/{CLINIC}/{path}", json={}).status_code == 401

    def test_looking_asks_for_nothing_more(self, world: World, waiting: str) -> None:
        """The list of members is there for an old sign-in too."""
        old = int((world.clock.now() - timedelta(hours=9)).timestamp())
        listed = world.api(subject=MEG, auth_time=old).get(f"/api/access/v1/organizations/{CLINIC}/members")
        assert listed.status_code == 200


class TestTheConsole:
    """B6 and A7 on pages."""

    def test_a_factor_held_back_looks_but_does_not_decide(self, world: World, waiting: str) -> None:
        """The request can be read; the decision is refused in words, and nothing was decided."""
        held = int((world.clock.now() + timedelta(hours=24)).timestamp())
        browser = world.browser(MEG, restricted_until=held)
        browser.open(f"/manage/requests/{waiting}")
        assert "Pat Partner" in browser.text
        browser.press("Approve access")
        assert browser.answer.status_code == 403 and "set up after a recovery" in browser.text
        assert not world.published("approval.decided")

    def test_members_see_no_difference(self, world: World, waiting: str) -> None:
        """Somebody without any say is told so, held back or not."""
        held = int((world.clock.now() + timedelta(hours=24)).timestamp())
        browser = world.browser(SAM, restricted_until=held)
        browser.open("/manage")
        assert browser.answer.status_code == 403 and "recovery" not in browser.text
