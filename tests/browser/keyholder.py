"""Somebody with a passkey, for the pages that only they see; made with an authenticator in software."""

from typing import TYPE_CHECKING

from tests.journeys.story import PASSWORD, sign_in
from tests.support.authenticator import Authenticator
from tests.support.pages import PageVisitor
from tests.support.passkey_script import Script

if TYPE_CHECKING:
    from tests.browser.scene import Scene


def arrive(scene: "Scene") -> PageVisitor:
    """Kay has just made a passkey; somebody else stands before the page that offers one at sign-in."""
    kay = scene.applicant("Kay Holder")
    scene.register(kay)
    visitor = scene.signed_in(kay.user_id, "/account", PASSWORD)
    answer = Script(visitor, Authenticator(scene.world.base_url)).make()
    offered = scene.visitor("enrolling").address.replace("/login/enrol?", "/login/enrol/passkey?")
    scene.places |= {"passkey": answer.json()["next"], "enrol_passkey": offered, "keyholder": kay.user_id}
    return visitor


def half(scene: "Scene") -> PageVisitor:
    """Kay, who has typed her password and is asked for the passkey."""
    scene.visitor("keyholder")
    visitor = PageVisitor(scene.world.base_url)
    sign_in(visitor, "/account", scene.places["keyholder"], PASSWORD)
    return visitor
