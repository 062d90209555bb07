"""What is good once is good once under sixteen rivals, on real PostgreSQL, through the front door."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.service.identity.test_activation import ASKED, PATH
from tests.service.identity.world import MEG, PASSWORD, PAT, World, membership, type_code
from tests.support.pages import PageVisitor

RIVALS = 16
TWO_FACTORS = "urn:gatehouse:acr:2"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database; the queue of hashes takes all rivals."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def at_once(calls: Sequence[Callable[[], None]]) -> None:
    """Make all calls in the same instant, a thread each; a fault in any of them is a fault of the test."""
    start = Barrier(len(calls))

    def run(call: Callable[[], None]) -> None:
        start.wait()
        call()

    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(run, call) for call in calls]:
            done.result()


def test_one_code_of_an_app_lets_one_of_four_in(world: World) -> None:
    """Parallel use of a one-time code: the step is taken by a guarded update (threat 29)."""
    world.seed(MEG)
    visitors = [world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS)) for _ in range(4)]
    code = world.code()
    at_once([lambda visitor=visitor: type_code(visitor, code) for visitor in visitors])  # type: ignore[misc]
    assert sum(visitor.address.endswith("/account?came=back") for visitor in visitors) == 1


def test_one_reference_opens_one_account(world: World) -> None:
    """Sixteen equal calls at once name the same account, and none of them fails."""
    answers: list[tuple[int, str]] = []

    def call() -> None:
        answer = world.api("accounts.open").post(PATH, json=ASKED)
        answers.append((answer.status_code, answer.json()["account_id"]))

    at_once([call] * RIVALS)
    assert sorted(status for status, _ in answers) == [200] * (RIVALS - 1) + [201]
    assert len({account_id for _, account_id in answers}) == 1


def test_one_link_makes_one_account(world: World) -> None:
    """Sixteen people with the form of one link: one user ID holds, fifteen are told, nothing is half done."""
    link = world.api("accounts.open").post(PATH, json=ASKED).json()["activation_url"]
    visitors = [_form(world, link, f"rival.number{number:02}") for number in range(RIVALS)]
    at_once([lambda visitor=visitor: visitor.press("Open my account") for visitor in visitors])  # type: ignore[misc]
    assert sum(visitor.answer.status_code == 200 for visitor in visitors) == 1
    assert sum("Your account is already open" in visitor.text for visitor in visitors) == RIVALS - 1
    assert len(world.published("account.opened")) == 1


def test_names_that_look_alike_go_to_one_of_sixteen_people(world: World) -> None:
    """The unique canonical form decides; the others keep their links and choose another name (threat 50)."""
    names = ["Lily.Hill", "lily.hill", "LILY.HILL", "1i1y.hi11", "líly.hill", "lily.hìll", "LilY.HilL", "lIly.hIll"]
    links = []
    for number in range(len(names)):
        asked = {**ASKED, "reference": f"app_{number}"}
        links.append(world.api("accounts.open").post(PATH, json=asked).json()["activation_url"])
    visitors = [_form(world, link, name) for link, name in zip(links, names, strict=True)]
    at_once([lambda visitor=visitor: visitor.press("Open my account") for visitor in visitors])  # type: ignore[misc]
    assert len(world.published("account.opened")) == 1
    told = [visitor for visitor in visitors if "already used" in visitor.text]
    assert len(told) == len(names) - 1
    told[0].fill("User ID", "someone.else")
    told[0].fill("Password", PASSWORD)
    told[0].press("Open my account")
    assert len(world.published("account.opened")) == 2


def test_a_session_ends_once(world: World) -> None:
    """Sixteen sign-outs of one session publish one end."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    tabs = []
    for _ in range(RIVALS):
        tab = world.browser()
        tab._http.cookies.update(visitor._http.cookies)
        tab.open("/logout")
        tabs.append(tab)
    at_once([lambda tab=tab: tab.press("Sign out") for tab in tabs])  # type: ignore[misc]
    assert len(world.published("session.ended")) == 1


def _form(world: World, link: str, user_id: str) -> PageVisitor:
    visitor = world.browser()
    visitor.open(link)
    visitor.fill("User ID", user_id)
    visitor.fill("Password", PASSWORD)
    return visitor


def test_one_offered_app_is_bound_once(world: World) -> None:
    """Sixteen first codes of one enrolment bind one app: with two, each later code would work twice (threat 29)."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Set up an app")
    (key,) = set(re.findall(r"secret=([A-Z2-7]{32})", visitor.answer.text))
    tabs = []
    for _ in range(4):
        tab = world.browser()
        tab._http.cookies.update(visitor._http.cookies)
        tab.open(visitor.address)
        tabs.append(tab)
    code = world.code(key)
    at_once([lambda tab=tab: type_code(tab, code, "Finish setting up") for tab in tabs])  # type: ignore[misc]
    assert len(world.published("credential.changed")) == 1


def test_a_membership_that_arrives_while_the_account_is_taken_leaves_nobody_pending(world: World) -> None:
    """Page and event at the same instant: whoever comes second sees what the first one wrote."""
    for number in range(6):
        asked = {**ASKED, "reference": f"app_{number}"}
        body = world.api("accounts.open").post(PATH, json=asked).json()
        visitor = _form(world, body["activation_url"], f"person.number{number}")
        held = membership(body["account_id"], membership_id=f"mbr_{number}")
        at_once([lambda v=visitor: v.press("Open my account"), lambda h=held: world.tell("membership.granted", h)])  # type: ignore[misc]
        shown = world.api("accounts.read").get(f"{PATH}/{body['account_id']}").json()
        assert shown["status"] == "active"
