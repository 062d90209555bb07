"""Somebody whose password was used in a browser that nobody knew, and a computer at a reception: their pages."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from identity.risk import alarms
from tests.journeys.story import PASSWORD, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, World

if TYPE_CHECKING:
    from tests.browser.scene import Scene

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def signs_in(world: World, user_id: str, password: str, agent: str) -> PageVisitor:
    """A browser of its own in which somebody types the password of this person."""
    visitor = PageVisitor(world.base_url)
    visitor._http.headers["User-Agent"] = agent
    sign_in(visitor, "/account", user_id, password)
    return visitor


def letter_link(world: World, address: str) -> str:
    """Let the letter about it be written; return its link."""
    world.set_clock(world.now() + timedelta(minutes=6))
    alarms.tell(cast("OneProcess", world).suite.contexts["identity"])  # the worker's job; nothing else runs it here
    world.settle()
    texts = [message["text"] for message in world.messages(address)]
    found = [hit.group() for text in texts if (hit := re.search(r"/recover/not-me\?token=[\w-]+", text))]
    assert found, texts
    return found[0]


def at_two(scene: "Scene") -> PageVisitor:
    """Vera is signed in at two browsers, and was told of the second one."""
    vera = scene.applicant("Vera Marsh")
    scene.register(vera)
    signs_in(scene.world, vera.user_id, PASSWORD, FIREFOX)
    visitor = signs_in(scene.world, vera.user_id, PASSWORD, SAFARI)
    scene.places["not_me"] = letter_link(scene.world, vera.email)
    return visitor


def reception(scene: "Scene") -> PageVisitor:
    """A browser that is marked as a shared computer."""
    visitor = PageVisitor(scene.world.base_url)
    visitor.open("/login")
    visitor.press("Several people use this computer")
    return visitor
