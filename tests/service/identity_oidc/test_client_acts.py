"""Single acts at the operators' pages: secrets two at a time, switching off, leave to register, keys."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.identity.offices import OPERATOR
from tests.service.identity.world import World
from tests.service.identity_oidc.desk import SECRET, desk, own_token, shown_secret, working
from tests.support.pages import PageVisitor


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity with the suite's own clients."""
    with desk(tmp_path) as made:
        yield made


@pytest.fixture
def staff(world: World) -> PageVisitor:
    """An operator at work."""
    (operator,) = world.seed(OPERATOR)
    return working(world, operator, "/admin/clients")


def test_secrets_overlap_and_are_never_more_than_two(world: World, staff: PageVisitor) -> None:
    """P2: two at a time, each shown once; a third ends the first, and the page says so before."""
    staff.open("/admin/clients/access-manager/secret")
    staff.choose("One week")
    staff.press("Make a new secret")
    second = shown_secret(staff)
    assert "no-store" in staff.answer.headers["Cache-Control"]
    assert [own_token(world, "access-manager", one).status_code for one in (SECRET, second)] == [200, 200]
    staff.open("/admin/clients/access-manager/secret")
    assert "Two secrets work already" in staff.text
    staff.press("Make a new secret")
    third = shown_secret(staff)
    assert [own_token(world, "access-manager", one).status_code for one in (SECRET, second, third)] == [401, 200, 200]
    world.clock.advance(timedelta(hours=25))
    assert [own_token(world, "access-manager", one).status_code for one in (second, third)] == [401, 200]


def test_a_former_secret_is_ended_before_its_time(world: World, staff: PageVisitor) -> None:
    """Once the new one is everywhere, the old one need not wait."""
    staff.open("/admin/clients/access-manager/secret")
    staff.press("Make a new secret")
    fresh = shown_secret(staff)
    staff.follow("I have stored it")
    assert "two: the former one works until" in staff.text
    staff.press("End the former secret now")
    assert "worth nothing any more" in staff.text
    assert [own_token(world, "access-manager", one).status_code for one in (SECRET, fresh)] == [401, 200]
    assert ("client.old_secret_ended", "access-manager") in world.audited()


def test_a_client_is_switched_off_and_on(world: World, staff: PageVisitor) -> None:
    """With a reason, at once for its proof and for people, audited; on again it works as before."""
    staff.open("/admin/clients/access-manager/switch")
    staff.press("Switch it off")
    assert "Write why" in staff.text
    staff.fill("Reason", "Its server was broken into")
    staff.press("Switch it off")
    assert "The app is switched off." in staff.text
    assert own_token(world, "access-manager", SECRET).status_code == 401
    stranger = world.browser()
    stranger.open("/oauth/authorize?client_id=access-manager&response_type=code")
    assert stranger.answer.status_code == 400 and "GH-OIDC-001" in stranger.text
    staff.follow("Switch it on")
    staff.fill("Reason", "A new server")
    staff.press("Switch it on")
    assert own_token(world, "access-manager", SECRET).status_code == 200
    assert {("client.disabled", "access-manager"), ("client.enabled", "access-manager")} <= set(world.audited())


def test_leave_to_register_is_given_and_taken_back(world: World, staff: PageVisitor) -> None:
    """The initial token is shown once, and nobody registers with it once it was withdrawn (E18)."""
    staff.open("/admin/registration")
    staff.follow("Issue a token")
    staff.press("Issue a token")
    assert "Write whom it is for" in staff.text
    staff.fill("Whom is it for?", "Sync Inc.")
    staff.choose("An app of somebody else, with a server")
    staff.fill("What does the app want people's data for?", "To copy claims.")
    staff.fill("Within how many days?", "91")
    staff.press("Issue a token")
    assert staff.answer.status_code == 422
    staff.fill("Within how many days?", "14")
    staff.press("Issue a token")
    token = shown_secret(staff)
    staff.follow("I have handed it over")
    assert "Sync Inc." in staff.text and token not in staff.answer.text
    staff.press("Withdraw this token")
    assert "used up or withdrawn" in staff.text
    acts = [action for action, _ in world.audited()]
    assert "registration.allowed" in acts and "registration.withdrawn" in acts


def test_keys_rotate_after_the_wait_or_at_once(world: World, staff: PageVisitor) -> None:
    """The page says when it is too early; at once only for whoever says that they know what follows."""
    staff.open("/admin/keys")
    staff.press("Rotate the keys")
    assert staff.answer.status_code == 409 and "Rotate again after" in staff.text
    staff.press("Rotate at once")
    assert "Tick the box to rotate at once" in staff.text
    staff.choose("I know what follows")
    staff.press("Rotate at once")
    assert "The next keys sign from now on." in staff.text and "verifies only" in staff.text
    world.clock.advance(timedelta(minutes=6))
    staff.open("/admin/keys")
    staff.press("Rotate the keys")
    assert "The next keys sign from now on." in staff.text
    assert world.audited().count(("keys.rotated", "signing-keys")) == 2
