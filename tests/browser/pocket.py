"""Somebody with a phone, an app and codes on paper, and somebody with an app only, for the pages that ask for them."""

import re
from typing import TYPE_CHECKING

import pyotp

from tests.journeys.story import PASSWORD, code_in, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import World

if TYPE_CHECKING:
    from tests.browser.scene import Scene


def arrive(scene: "Scene") -> PageVisitor:
    """Wim has a phone, an app and recovery codes."""
    wim = scene.applicant("Wim Pond")
    scene.register(wim)
    visitor = scene.signed_in(wim.user_id, "/account/methods", PASSWORD)
    scene.places |= fill(visitor, scene.world, wim.mobile)
    return visitor


def one_way_only(scene: "Scene") -> PageVisitor:
    """Xan has an app and nothing else."""
    xan = scene.applicant("Xan Hill")
    scene.register(xan)
    visitor = scene.signed_in(xan.user_id, "/account/methods", PASSWORD)
    add_app(visitor, scene.world)
    return visitor


def fill(visitor: PageVisitor, world: World, mobile: str) -> dict[str, str]:
    """Set up a phone, an app and recovery codes for who is signed in; return the ids of phone and app."""
    visitor.open("/account/methods/phone")
    visitor.press("Send the code")
    world.settle()
    visitor.fill("6-digit code", code_in(world, mobile.replace(" ", "")))
    visitor.press("Finish setting up")
    add_app(visitor, world)
    visitor.open("/account/methods/recovery-codes")
    visitor.press("Show me my codes")
    visitor.open("/account/methods")
    app, phone = dict.fromkeys(re.findall(r"/account/methods/(aut_\w+)/remove", visitor.answer.text))
    return {"app": app, "phone": phone}


def add_app(visitor: PageVisitor, world: World) -> None:
    """Set up an app for who is signed in."""
    visitor.open("/account/methods/app")
    key = re.search(r"\b(?:[A-Z2-7]{4} ?){8}\b", visitor.text)
    assert key, visitor.text
    visitor.fill("6-digit code", pyotp.TOTP(key.group().replace(" ", "")).at(world.now()))
    visitor.fill("Name of the app", "work phone")
    visitor.press("Finish setting up")
    assert "The new way of signing in is ready" in visitor.text, visitor.text


def half_way(world: World, user_id: str) -> PageVisitor:
    """A browser in which the password was typed and the second way is asked for."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, "/login", user_id, PASSWORD)
    return visitor


def sent_a_code(world: World, user_id: str) -> PageVisitor:
    """The same after the phone was chosen."""
    visitor = half_way(world, user_id)
    visitor.follow("Use another way")
    visitor.choose("Code by text message")
    visitor.press("Continue")
    return visitor
