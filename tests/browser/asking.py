"""A member who has asked for more, and a manager whose own request another manager answered."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.support.pages import PageVisitor

if TYPE_CHECKING:
    from tests.browser.scene import Scene

_MEMBER, _MANAGER = "priya.nair", "david.chen"


def asker(scene: "Scene") -> PageVisitor:
    """Priya, with an open request of two tasks."""
    visitor = scene.signed_in(_MEMBER, "/manage/mine/ask?function=payment.manage")
    visitor.choose("See clinical records")
    visitor.fill("Why do you need it?", "I stand in for Lee at the end of the month and set up the new bank account.")
    visitor.press("Ask an access manager")
    assert "You have asked" in visitor.text, visitor.text
    return visitor


def answered(scene: "Scene") -> PageVisitor:
    """David, who asked for two tasks and got one."""
    visitor = scene.signed_in(_MANAGER, "/manage/mine")
    visitor.open("/manage/mine/ask")
    held = [one for one in ("Send claims", "See clinical records", "Manage payment details") if one in visitor.text]
    for task in held[:2]:
        visitor.choose(task)
    visitor.press("Ask an access manager")
    assert "You have asked" in visitor.text, visitor.text
    alice = scene.visitor("manager")
    scene.places["answered"] = _id_behind(alice, "David Chen")
    alice.untick(held[0])
    alice.press("Approve access")
    return visitor


def requests(scene: "Scene") -> None:
    """Both, with the ids that addresses need."""
    scene.visitor("asker")
    scene.visitor("answered")
    scene.places["asked"] = _id_behind(scene.visitor("manager"), "Priya Nair")


def _id_behind(visitor: PageVisitor, name: str) -> str:
    visitor.open("/manage")
    visitor.follow(name)
    return visitor.address.rsplit("/", 1)[1]


ROLES: dict[str, Callable[["Scene"], PageVisitor]] = {"asker": asker, "answered": answered}
