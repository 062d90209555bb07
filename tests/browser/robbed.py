"""Somebody whose password may be known to others: signed in, proved by a code, and owing another password."""

from typing import TYPE_CHECKING, cast

from identity.accounts import service as accounts
from shared.service import SYSTEM
from tests.journeys.story import PASSWORD, code_in, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

if TYPE_CHECKING:
    from tests.browser.scene import Scene


def arrive(scene: "Scene") -> PageVisitor:
    """Ned, of whom the desk demands a new password, on the page that takes it."""
    ned = scene.applicant("Ned Frost")
    scene.register(ned)
    with cast("OneProcess", scene.world).suite.contexts["identity"].transaction(SYSTEM) as work:
        account = accounts.find_by_user_id(work.session, ned.user_id)
        assert account is not None
        accounts.require_reset(work, account.id, "desk")
    scene.later()  # so that the code is newer than the mails about the registration
    visitor = PageVisitor(scene.world.base_url)
    sign_in(visitor, "/account", ned.user_id, PASSWORD)
    scene.world.settle()
    sent_to = visitor.text.split("A code is on its way to ")[1].split(". ")[0]
    visitor.fill("6-digit code", code_in(scene.world, ned.email if "@" in sent_to else ned.mobile.replace(" ", "")))
    visitor.press("Continue")
    assert "/login/renew" in visitor.address, visitor.text
    return visitor
