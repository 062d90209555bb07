"""What waits for a second word at the demo's practices, so that the pages about managers and deputies show some."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from access_manager.memberships import seats, service
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from deploy.practices import PEOPLE
from tests.support.world import OneProcess

if TYPE_CHECKING:
    from tests.browser.scene import Scene


def seat(scene: "Scene", user_id: str) -> None:
    """Make somebody of the demo a manager wherever they are a member, as the support desk may: at once."""
    name = next(each.name for each in PEOPLE if each.user_id == user_id)
    context = cast("OneProcess", scene.world).suite.contexts["access-manager"]
    with context.transaction() as work:
        for organization in organizations.listed(work.session):
            held = organizations.hold(work, organization.id)
            found = service.members(work.session, organization.id)
            for member in (each for each in found if people.name_of(work.session, each.account_id) == name):
                seats.seat(work, held, member)
    scene.world.settle()


def proposals(scene: "Scene") -> None:
    """Alice asks Priya to be a manager too, and names who was approved her deputy. Gives the ids of both pages."""
    omar = scene.visitor("only_manager")
    omar.open("/manage/managers")
    omar.follow("Step down")
    scene.places["only_own"] = omar.address.rsplit("/", 1)[1]
    alice = scene.visitor("manager")
    alice.open("/manage/managers")
    alice.follow("Ask Priya Nair")
    alice.press("Ask them")
    scene.places["seat_asked"] = alice.address.rsplit("/", 1)[1]
    alice.open("/manage/managers")
    alice.follow("End the role David Chen")
    scene.places["other_manager"] = alice.address.rsplit("/", 1)[1]
    alice.open("/manage/deputies")
    other = next(each for each in alice.links() if each.endswith("/new") and scene.places["member"] not in each)
    alice.open(other)
    alice.choose("Decide about requests")
    alice.fill("Last day", (scene.world.now() + timedelta(days=9)).date().isoformat())
    alice.press("Name as deputy")
    assert "On behalf of" in alice.text, alice.text
