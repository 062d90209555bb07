"""What the pages of invitations and lists show: people invited, an e-mail that came back, lists done and undone.

Places: `invitation`, `bounced`, `revoked`, `join` and `join_secret` (of an open one), `join_mine` (for the only manager
of another practice), `batch`, `undone`.
"""

import re
from typing import TYPE_CHECKING, cast

from sqlalchemy import update

from shared.db.floor import notices
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

if TYPE_CHECKING:  # the scene knows what prepares it, this included
    from tests.browser.scene import Scene

NOWHERE = "nora@nowhere.example"
ADDRESS = "maximiliana.featherstonehaugh-vandenberghe@greater-northeastern-otorhinolaryngology.example"


def prepare(scene: "Scene") -> None:
    """Invite people, send lists, and note where each is."""
    manager = scene.visitor("manager")
    scene.places["invitation"] = _invite(manager, "Maximiliana Featherstonehaugh-Vandenberghe", ADDRESS)
    scene.places["bounced"] = _invite(manager, "Nora Nowhere", NOWHERE)
    scene.places["join_mine"] = _invite(manager, "Omar Haddad", "omar.haddad@hilltop.example")
    scene.places["revoked"] = _invite(manager, "Rob Revoked", "rob@office.example")
    manager.press("Take the invitation back")
    scene.places["batch"] = _send(manager, "Ann Lee, ann@office.example\nBob Ray, bob at office")
    scene.places["undone"] = _send(manager, "Kim Ode, kim@office.example\nLee Poe, lee@office.example")
    manager.press("Undo the list")
    scene.world.settle()
    _come_back(scene)
    mail = scene.world.messages(ADDRESS)[0]["text"]
    found = re.search(r"/manage/join\?token=(\S+)", mail)
    assert found, mail
    scene.places |= {"join": scene.places["invitation"], "join_secret": found[1]}


def _come_back(scene: "Scene") -> None:
    """The mail server found out later that nobody is there (RFC 3464)."""
    failed = update(notices).where(notices.c.recipient == NOWHERE).values(state="failed")
    with cast("OneProcess", scene.world).suite.contexts["access-manager"].transaction() as work:
        work.session.execute(failed)


def _invite(manager: PageVisitor, name: str, email: str) -> str:
    manager.open("/manage/people/add?profile=billing")
    manager.fill("Full name", name)
    manager.fill("E-mail address", email)
    manager.choose("Dental")
    manager.press("Invite")
    return manager.address.rpartition("/")[2].partition("?")[0]


def _send(manager: PageVisitor, text: str) -> str:
    manager.open("/manage/people/add/several?profile=front_desk")
    manager.fill("Paste the list", text)
    manager.press("Check the list")
    manager.press("Give access to")
    return manager.address.rpartition("/")[2]
