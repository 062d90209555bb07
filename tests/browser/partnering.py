"""A billing company that works for one practice and waits for another, and emergency access in each of its states."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.support.pages import PageVisitor

if TYPE_CHECKING:
    from tests.browser.scene import Scene

_PRACTICE, _OTHER, _COMPANY = "Northfield Family Medicine", "Lakeside Dental Group", "Ledger Line Billing"
_TASK, _WHY = "See clinical records", "The clinician on call cannot be reached, and the patient waits at the desk."


def company(scene: "Scene") -> PageVisitor:
    """Hugo of the billing company, whom one practice trusts and another has asked."""
    visitor = scene.signed_in("hugo.brandt", "/manage/partners")
    visitor.follow(_PRACTICE)
    scene.places["link"] = _last(visitor)
    visitor.follow("Choose people")
    visitor.follow("Ada Quinn")
    scene.places["sent_person"] = _last(visitor)
    visitor.open("/manage/partners")
    visitor.follow(_OTHER)
    scene.places["proposed"] = _last(visitor)
    return visitor


def in_need(scene: "Scene") -> PageVisitor:
    """David, who could take up clinical records."""
    return scene.signed_in("david.chen", "/manage/mine/emergency")


def helped_themself(scene: "Scene") -> PageVisitor:
    """Alice used it and ended it; it waits for another manager's review."""
    visitor = scene.visitor("manager")
    visitor.open("/manage/emergencies")
    visitor.follow("Change the list")
    visitor.choose("Manage payment details")
    visitor.press("Save the list")
    david = scene.visitor("in_need")
    david.open("/manage/mine/emergency")
    scene.places["emergency_at"] = _last(david)
    david.choose(_TASK)
    david.fill("Why can it not wait?", _WHY)
    david.press("Begin emergency access")
    assert "Emergency access runs" in david.text, david.text
    visitor.open("/manage/emergencies")
    visitor.follow("David Chen")
    scene.places["emergency"] = _last(visitor)
    return visitor


def _last(visitor: PageVisitor) -> str:
    return visitor.address.rsplit("/", 1)[1]


ROLES: dict[str, Callable[["Scene"], PageVisitor]] = {
    "company": company,
    "in_need": in_need,
    "helped_themself": helped_themself,
}
