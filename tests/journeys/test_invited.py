"""A manager invites, the person opens the mail, makes an account, signs in, and holds exactly those functions (F2).

The whole suite, identity included: nothing stands in.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.story import MANAGED, MANAGERS, PASSWORD, THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty
from tests.support.world import World, code_now, one_process, person

NAME, EMAIL = "Robin Ash", "robin.ash@northfield.example"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The demo suite in one process, on a Thursday morning."""
    with one_process(tmp_path, THURSDAY) as made:
        yield made


def manager_of(world: World) -> PageVisitor:
    """A demo manager, signed in with two factors."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, "/manage/people/add", MANAGERS[0], person(world, MANAGERS[0])["password"])
    visitor.fill("6-digit code", code_now(world, MANAGERS[0]))
    visitor.press("Continue")
    return visitor


def invite(world: World, manager: PageVisitor, name: str, email: str) -> str:
    """The manager adds a person for two tasks; return the link in the mail."""
    manager.open("/manage/people/add")
    manager.fill("Full name", name)
    manager.fill("E-mail address", email)
    manager.choose("See patient claims")
    manager.choose("Send claims")
    manager.press("Invite")
    assert f"An e-mail goes to {email} now." in manager.text, manager.text
    world.settle()
    return link_in(world, email, "/manage/join")


def link_in(world: World, email: str, path: str) -> str:
    """Return the link to a path in the newest mail that has one."""
    texts = [mail["text"] for mail in world.messages(email)]
    found = next(filter(None, (re.search(rf"https?://\S+{path}\S*", text) for text in texts)), None)
    assert found, texts
    return found.group()


def functions_of(world: World, visitor: PageVisitor, user_id: str, password: str) -> list[str]:
    """Return what a portal's token says the person may do."""
    party = RelyingParty(world, visitor, "trial")
    party.sign_in(user_id, password, scope="openid organization functions")
    return sorted(party.introspect()["functions"])


def test_f2_an_invited_person_makes_an_account_and_works(world: World) -> None:
    """From the manager's form to the token, by mail: no approval in between, and nothing beyond what was listed."""
    link = invite(world, manager_of(world), NAME, EMAIL)
    robin = PageVisitor(world.base_url)
    robin.open(link)
    assert f"{MANAGED} invites you" in robin.text and "Send claims" in robin.text
    robin.press("Send me the e-mail")
    world.settle()
    robin.open(link_in(world, EMAIL, "/account/activate"))
    robin.fill("User ID", "robin.ash")
    robin.fill("Password", PASSWORD)
    robin.press("Open my account")
    world.settle()
    sign_in(robin, None, "robin.ash", PASSWORD)
    assert robin.text.startswith(f"My access {MANAGED}"), robin.text
    assert functions_of(world, PageVisitor(world.base_url), "robin.ash", PASSWORD) == [
        "claims.status.view",
        "claims.submit",
    ]
    robin.open(link)  # the mail's link once more: it lands in the app
    assert robin.address.endswith("/manage/mine")


def test_f2_an_existing_account_is_attached_and_not_doubled(world: World) -> None:
    """Somebody of another practice, invited at the address of their account: they sign in and say yes.

    Asked for an account all the same, they are sent to the one they have; a colleague's sign-in gets nothing.
    """
    omar = person(world, "omar.haddad")
    link = invite(world, manager_of(world), "Omar Haddad", omar["email"])
    stranger = PageVisitor(world.base_url)
    stranger.open(link)
    stranger.press("Send me the e-mail")
    world.settle()
    assert "belongs to an account already" in world.messages(omar["email"])[0]["text"]
    colleague = PageVisitor(world.base_url)
    accept = link_in(world, omar["email"], "/manage/join/inv_")
    sign_in(colleague, accept, "priya.nair", person(world, "priya.nair")["password"])
    assert colleague.answer.status_code == 403 and "It was sent to o***@" in colleague.text, colleague.text
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, accept, "omar.haddad", omar["password"])
    if "6-digit code" in visitor.text:
        visitor.fill("6-digit code", code_now(world, "omar.haddad"))
        visitor.press("Continue")
    visitor.press("Yes, accept")
    assert MANAGED in visitor.text, visitor.text
    assert len([one for one in world.events() if one.type == "account.opened"]) == 0
