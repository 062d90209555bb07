"""Somebody who cannot sign in: their pages, and how they get there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.stop import MAIN_BUTTON, Stop
from tests.journeys.story import code_in
from tests.support.pages import PageVisitor
from tests.support.world import World, person

if TYPE_CHECKING:
    from tests.browser.scene import Scene

SEND, PROVE = "form[action$=send] button", "form[action$=prove] button"


def at_code(scene: "Scene") -> PageVisitor:
    """Nobody knows this user ID; the page is the one that everybody gets."""
    return _forgot(scene.world, "nobody.at.all", "nobody@nowhere.example")


def at_factor(scene: "Scene") -> PageVisitor:
    """David forgot his password, has proved his mailbox and is asked for his app."""
    return _mailbox_proved(scene.world, "david.chen")


def at_password(scene: "Scene") -> PageVisitor:
    """Priya forgot her password and has proved enough."""
    return _mailbox_proved(scene.world, "priya.nair")


def at_ways(scene: "Scene") -> PageVisitor:
    """Nora lost her phone and is asked how else she can prove that it is her."""
    world, visitor = scene.world, PageVisitor(scene.world.base_url)
    visitor.open("/recover/lost")
    visitor.fill("User ID", "nora.lindqvist")
    visitor.fill("Password", person(world, "nora.lindqvist")["password"])
    visitor.press("Continue")
    return visitor


def at_sent(scene: "Scene") -> PageVisitor:
    """The same, once she chose her mailbox."""
    visitor = at_ways(scene)
    visitor.choose("n***@l***.example")
    visitor.press("Send a code")
    return visitor


def at_removal(scene: "Scene") -> PageVisitor:
    """The same, once she has proved mailbox and phone."""
    visitor = at_sent(scene)
    for to, shown in (("nora.lindqvist@lakeside.example", "•••• 0121"), ("+12025550121", "")):
        scene.world.settle()
        visitor.fill("6-digit code", code_in(scene.world, to))
        visitor.press("Continue")
        if shown:
            visitor.choose(shown)
            visitor.press("Send a code")
    return visitor


def helped(scene: "Scene") -> PageVisitor:
    """Priya's manager let a link be sent to her."""
    visitor = scene.visitor("manager")
    visitor.open(f"/manage/people/{scene.places['member']}/recovery")
    visitor.press("Send the link")
    scene.world.settle()
    texts = [message["text"] for message in scene.world.messages("priya.nair@northfield.example")]
    words = [word for text in texts for word in text.split() if "/recover/link?token=" in word]
    scene.places["recovery_link"] = words[0].removeprefix(scene.world.base_url)
    return visitor


def _forgot(world: World, user_id: str, address: str) -> PageVisitor:
    visitor = PageVisitor(world.base_url)
    visitor.open("/recover/password")
    visitor.fill("User ID", user_id)
    visitor.fill("E-mail address or mobile number of your account", address)
    visitor.press("Send a code")
    world.settle()
    return visitor


def _mailbox_proved(world: World, user_id: str) -> PageVisitor:
    address = person(world, user_id)["email"]
    visitor = _forgot(world, user_id, address)
    visitor.fill("6-digit code", code_in(world, address))
    visitor.press("Continue")
    return visitor


ROLES: dict[str, Callable[["Scene"], PageVisitor]] = {
    "recovering_code": at_code,
    "recovering_factor": at_factor,
    "recovering_password": at_password,
    "recovering_ways": at_ways,
    "recovering_sent": at_sent,
    "recovering_removal": at_removal,
    "helped": helped,
}

RECOVERY = (
    Stop("recover-user-id", "/recover/user-id"),
    Stop("recover-user-id-empty", "/recover/user-id", press=MAIN_BUTTON, status=422),
    Stop("recover-user-id-sent", "/recover/user-id/sent"),
    Stop("recover-password", "/recover/password"),
    Stop("recover-password-empty", "/recover/password", press=MAIN_BUTTON, status=422),
    Stop("recover-lost", "/recover/lost"),
    Stop("recover-lost-empty", "/recover/lost", press=MAIN_BUTTON, status=422),
    Stop("recover-code", "/recover/code", "recovering_code"),
    Stop("recover-code-empty", "/recover/code", "recovering_code", press=MAIN_BUTTON, status=422),
    Stop("recover-factor", "/recover/prove", "recovering_factor"),
    Stop("recover-factor-empty", "/recover/prove", "recovering_factor", press=PROVE, status=422),
    Stop("recover-ways", "/recover/prove", "recovering_ways"),
    Stop("recover-ways-empty", "/recover/prove", "recovering_ways", press=SEND, status=422),
    Stop("recover-code-sent", "/recover/code", "recovering_sent"),
    Stop("recover-new-password", "/recover/new-password", "recovering_password"),
    Stop("recover-new-password-empty", "/recover/new-password", "recovering_password", press=MAIN_BUTTON, status=422),
    Stop("recover-remove", "/recover/remove", "recovering_removal"),
    Stop("recover-link", "{recovery_link}"),
    Stop("recover-link-broken", "/recover/link?token=broken", status=410),
    Stop("recover-over", "/recover/over"),
    Stop("recover-desk", "/recover/desk"),
    Stop("manage-recovery", "/manage/people/{member}/recovery", "manager"),
    Stop("manage-recovery-own", "/manage/people/{own}/recovery", "manager"),
    Stop("manage-recovery-sent", "/manage/people/{member}/recovery?sent=1", "manager"),
)
