"""Back into the account, over all services: by oneself, and helped by the access manager of the practice."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.story import MANAGERS, PASSWORD, THURSDAY, code_in, sign_in
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, client_of, discover
from tests.support.world import OneProcess, World, code_now, one_process, person

PRIYA, PRIYA_AT, PRIYA_PHONE = "priya.nair", "priya.nair@northfield.example", "+12025550113"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with its demo people."""
    with one_process(tmp_path, THURSDAY) as made:
        yield made


def forget(world: World, visitor: PageVisitor) -> None:
    """Choose a new password by a code that comes by text message."""
    visitor.open("/recover")
    visitor.follow("Choose a new password")
    visitor.fill("User ID", PRIYA)
    visitor.fill("E-mail address or mobile number of your account", "(202) 555-0113")
    visitor.press("Send a code")
    world.settle()
    visitor.fill("6-digit code", code_in(world, PRIYA_PHONE))
    visitor.press("Continue")
    visitor.fill("New password", PASSWORD)
    visitor.press("Save my new password")


def test_after_a_reset_every_former_refresh_token_fails(world: OneProcess) -> None:
    """The portal that was signed in before is signed out; the person signs in anew (C2, threat 15)."""
    app = RelyingParty(world, PageVisitor(world.base_url), "trial")
    before = app.sign_in(PRIYA, person(world, PRIYA)["password"])
    visitor = PageVisitor(world.base_url)
    forget(world, visitor)
    assert "Your password is changed" in visitor.text
    trial = client_of(world, "trial")
    answer = httpx.post(
        discover(world)["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": before["refresh_token"]},
        auth=(trial["client_id"], trial["client_secret"]),
    )
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"
    assert app.introspect() == {"active": False}
    world.settle()
    assert "Your password was replaced" in [message["subject"] for message in world.messages(PRIYA_AT)]


def test_a_manager_helps_a_member_and_never_sees_a_secret(world: OneProcess) -> None:
    """Console, identity's API, mail, new password: with the real tokens of the suite (C4)."""
    manager = PageVisitor(world.base_url)
    sign_in(manager, "/manage", MANAGERS[0], person(world, MANAGERS[0])["password"])
    manager.fill("6-digit code", code_now(world, MANAGERS[0]))
    manager.press("Continue")
    manager.open("/manage/people")
    manager.follow("Priya Nair")
    manager.follow("Help them sign in")
    manager.press("Send the link")
    assert "A link is on its way" in manager.text
    world.settle()
    text = next(m["text"] for m in world.messages(PRIYA_AT) if "/recover/link" in m["text"])
    link = next(word for word in text.split() if "/recover/link" in word)
    assert link.partition("token=")[2] not in manager.answer.text
    visitor = PageVisitor(world.base_url)
    visitor.open(link)
    visitor.press("Go on")
    visitor.fill("New password", PASSWORD)
    visitor.press("Save my new password")
    sign_in(visitor, "/login", PRIYA, PASSWORD)
    assert "/login" not in visitor.address


def test_a_forgotten_user_id_arrives_while_the_clock_stands_still(world: OneProcess) -> None:
    """The worker answers whenever it looks: a frozen clock of a trial stops nobody's message (C1)."""
    for _ in range(2):
        visitor = PageVisitor(world.base_url)
        visitor.open("/recover/user-id")
        visitor.fill("E-mail address or mobile number", PRIYA_AT)
        visitor.press("Send my user ID")
        world.settle()
    told = [message for message in world.messages(PRIYA_AT) if message["subject"] == "Your user ID"]
    assert len(told) == 2 and all(PRIYA in message["text"] for message in told)
