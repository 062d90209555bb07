"""The pages about managers, deputies and proposals, as people use them: a browser without scripts."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from access_manager.app import SERVICE
from shared.cli import program
from shared.clock import SystemClock
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor

MAX, DAN = "acc_max", "acc_dan"


@pytest.fixture
def sole(world: World) -> World:
    """A clinic with one manager and one member."""
    world.seed(clinic(manager(), member()))
    return world


@pytest.fixture
def paired(world: World) -> World:
    """A clinic with two managers and two members, one request open."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), member(DAN, "Dan Deputy")))
    world.tell("user.registered", "registration", "app_1", **asks())
    return world


def at(world: World, account: str, path: str, name: str, language: str = "en") -> PageVisitor:
    """Return somebody signed in at a page."""
    visitor = world.browser(account, language, name=name)
    visitor.open(path)
    return visitor


def link_to(world: World, recipient: str, part: str) -> str:
    """Return the newest link with `part` that was mailed to somebody."""
    bodies = [str(mail.body) for mail in world.mails() if mail.recipient == f"{recipient}@lakeside.example"]
    return [word for body in bodies for word in body.split() if part in word][-1]


def counts(world: World) -> int:
    """Return how many managers were announced last."""
    return int(str(world.published("manager.changed")[-1].data["count"]))


def test_a_sole_manager_asks_a_member_who_accepts_from_the_mail(sole: World) -> None:
    """G16: the nudge, the question, the mail's link, the acceptance; opening changes nothing."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    assert "Only one access manager" in meg.text
    meg.follow("Ask Sam Staff")
    assert "Nothing changes until they accept." in meg.text and "second access manager" not in meg.text
    meg.press("Ask them")
    assert "Sam Staff becomes an access manager" in meg.text and "Sam Staff accepts" in meg.text
    sam = sole.browser(SAM, name="Sam Staff")
    for _ in range(3):
        sam.open(link_to(sole, SAM, "/manage/proposals/"))
    assert "Will you be an access manager of Lakeside Family Practice?" in sam.text
    assert "Requests" not in sam.text
    assert counts(sole) == 1
    sam.press("Accept")
    assert "Done" in sam.text
    assert counts(sole) == 2
    sam.follow("Go to the requests")
    assert "No requests wait for a decision." in sam.text


def test_accepting_needs_a_sign_in_of_the_last_hour(sole: World) -> None:
    """G16: the person proves again who they are, comes back to the proposal, and accepts there."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Ask Sam Staff")
    meg.press("Ask them")
    sam = at(sole, SAM, link_to(sole, SAM, "/manage/proposals/"), "Sam Staff")
    for _ in range(4):
        sole.clock.advance(timedelta(minutes=20))
        sam.open(sam.address)
    sam.press("Accept")
    assert sole.identity.asked[-1]["max_age"] == "3600"
    assert sole.identity.asked[-1]["acr_values"] == "urn:gatehouse:acr:2"
    assert counts(sole) == 1
    sam.press("Accept")
    assert counts(sole) == 2


def test_two_managers_and_the_person_each_say_their_word(paired: World) -> None:
    """G17: the managers' page says what is missing; the second manager agrees from the mail."""
    meg = at(paired, MEG, "/manage/managers", "Meg Manager")
    assert "Only one access manager" not in meg.text
    meg.follow("Ask Sam Staff")
    assert "A second access manager must agree too." in meg.text
    meg.press("Ask them")
    assert "Withdraw the proposal" in meg.text and "Agree" not in meg.text
    meg.follow("All access managers")
    assert "Waiting for an answer" in meg.text and "a second access manager agrees" in meg.text
    at(paired, SAM, link_to(paired, SAM, "/manage/proposals/"), "Sam Staff").press("Accept")
    assert counts(paired) == 2
    max_there = at(paired, MAX, link_to(paired, MAX, "/manage/proposals/"), "Max Manager")
    assert "Sam Staff accepts" not in max_there.text
    max_there.press("Agree")
    assert counts(paired) == 3


def test_a_no_needs_a_reason(sole: World) -> None:
    """Named and linked; then it counts, and the managers' page is empty again."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Ask Sam Staff")
    meg.press("Ask them")
    sam = at(sole, SAM, link_to(sole, SAM, "/manage/proposals/"), "Sam Staff")
    sam.press("Decline")
    assert sam.answer.status_code == 422 and "Choose a reason" in sam.text
    sam.choose("I do not want this")
    sam.press("Decline")
    assert "Declined" in sam.text and "I do not want this" in sam.text
    meg.open("/manage/managers")
    assert "Waiting for an answer" not in meg.text
    assert counts(sole) == 1


def test_a_sole_manager_who_wants_to_leave_is_shown_how_to_hand_over(sole: World) -> None:
    """G1, G16: no button that cannot work; the successor accepts, and one goes as the other comes."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Step down")
    assert "You are the only access manager" in meg.text
    meg.follow("Hand over")
    meg.follow("Hand over Sam Staff")
    meg.press("Offer them the role")
    assert "Sam Staff becomes an access manager in place of Meg Manager" in meg.text
    sam = at(sole, SAM, link_to(sole, SAM, "/manage/proposals/"), "Sam Staff")
    assert "Meg Manager stops being an access manager when you accept." in sam.text
    sam.press("Accept")
    assert sole.published("manager.changed")[-1].data["managers"] == [SAM]
    meg.open("/manage/managers")
    assert meg.answer.status_code == 403


def test_the_proposer_withdraws_on_the_page(sole: World) -> None:
    """The person then finds it closed, without a button."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Ask Sam Staff")
    meg.press("Ask them")
    meg.press("Withdraw the proposal")
    assert "Withdrawn" in meg.text
    sam = at(sole, SAM, link_to(sole, SAM, "/manage/proposals/"), "Sam Staff")
    assert "Withdrawn" in sam.text and "Accept" not in sam.text


def test_a_page_grown_old_says_so(sole: World) -> None:
    """Withdrawn while the person looked: told, nothing changed."""
    meg = at(sole, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Ask Sam Staff")
    meg.press("Ask them")
    sam = at(sole, SAM, link_to(sole, SAM, "/manage/proposals/"), "Sam Staff")
    meg.press("Withdraw the proposal")
    sam.press("Accept")
    assert sam.answer.status_code == 409
    assert "This proposal is not open any more." in sam.text
    assert counts(sole) == 1


@pytest.mark.parametrize("account", [DAN, "acc_bo", "acc_stranger"])
def test_a_forwarded_link_shows_nothing_to_others(paired: World, account: str) -> None:
    """G2, M28: another member, another practice's manager, a stranger: not even that it exists."""
    paired.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    meg = at(paired, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Ask Sam Staff")
    meg.press("Ask them")
    visitor = at(paired, account, link_to(paired, SAM, "/manage/proposals/"), "Somebody")
    assert visitor.answer.status_code == 404
    assert "Sam" not in visitor.text and "Lakeside" not in visitor.text


def test_tasks_that_need_more_care_are_proposed_where_it_is_wanted(paired: World) -> None:
    """G17: switched on by one; then proposed by one and agreed by the other; off takes both."""
    meg = at(paired, MEG, "/manage/managers", "Meg Manager")
    meg.press("Switch it on")
    assert "To switch it off takes a second manager too." in meg.text
    [sam] = [each for each in members_of(paired) if each["account_id"] == SAM]
    meg.open(f"/manage/proposals/functions/{sam['membership_id']}")
    meg.press("Propose")
    assert "Choose at least one task" in meg.text
    meg.choose("Manage payment details")
    meg.press("Propose")
    assert "Sam Staff may do more" in meg.text and "Manage payment details" in meg.text
    at(paired, MAX, link_to(paired, MAX, "/manage/proposals/"), "Max Manager").press("Agree")
    assert "payment.manage" in next(each["functions"] for each in members_of(paired) if each["account_id"] == SAM)
    meg.open("/manage/managers")
    meg.press("Propose to switch it off")
    assert "Waiting for an answer" in meg.text


def members_of(world: World) -> list[dict[str, object]]:
    """Return the members of the clinic."""
    return list(world.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"])


def names_dan(world: World, *tasks: str, days: int = 7) -> PageVisitor:
    """Meg names Dan her deputy on the page, until so many days from now."""
    meg = at(world, MEG, "/manage/managers", "Meg Manager")
    meg.follow("Deputies: who stands in while a manager is away")
    meg.follow("Name as your deputy Dan Deputy")
    for task in tasks:
        meg.choose(task)
    meg.fill("Last day", (world.clock.now() + timedelta(days=days)).date().isoformat())
    meg.press("Name as deputy")
    return meg


def test_a_manager_names_a_deputy_and_ends_it_at_once(paired: World) -> None:
    """G9: what they may do and until when; the deputy sees on whose behalf; ended, the pages are gone."""
    meg = names_dan(paired, "Decide about requests")
    assert "Dan Deputy" in meg.text and "November 30, 2026" in meg.text
    dan = at(paired, DAN, "/manage", "Dan Deputy")
    assert "Lakeside Family Practice, on behalf of Meg Manager" in dan._page.text_content()
    dan.follow("Pat Partner")
    dan.press("Approve access")
    assert "Approved" in dan.text
    meg.open("/manage/history")
    assert "Dan Deputy approved the request of Pat Partner" in meg.text and "On behalf of Meg Manager" in meg.text
    meg.open("/manage/deputies")
    meg.press("End now Dan Deputy")
    assert "Nobody stands in for an access manager." in meg.text
    dan.open("/manage")
    assert dan.answer.status_code == 403


def test_a_deputy_sees_no_control_they_may_not_use(paired: World) -> None:
    """G9, O1: the main entries are those of their scope; what is typed by hand is refused in words."""
    names_dan(paired, "Add people, change what they may do, remove their access")
    dan = at(paired, DAN, "/manage", "Dan Deputy")
    assert dan.address.endswith("/manage/people")
    entries = [link.text_content() for link in dan._page.xpath("//nav//a[contains(@class,'usa-nav__link')]")]
    assert "People" in entries and not {"Managers", "Requests", "History"} & set(entries)
    dan.open("/manage/managers")
    assert dan.answer.status_code == 403
    assert "A deputy cannot do this. Ask an access manager." in dan.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"Last day": ""}, "Enter the last day"),
        ({"Last day": "2027-03-31"}, "at most 90 days after the first day"),
        ({"Last day": "2026-11-22"}, "Choose a last day that is not over"),
        ({"First day": "soon", "Last day": "2026-12-01"}, "Enter the first day as year, month and day"),
    ],
)
def test_the_days_of_a_deputy_are_checked(paired: World, typed: dict[str, str], told: str) -> None:
    """At the field, and nothing is kept."""
    meg = at(paired, MEG, "/manage/deputies", "Meg Manager")
    meg.follow("Name as your deputy Dan Deputy")
    meg.choose("Decide about requests")
    for label, value in typed.items():
        meg.fill(label, value)
    meg.press("Name as deputy")
    assert meg.answer.status_code == 422
    assert told in meg.text
    meg.open("/manage/deputies")
    assert "Nobody stands in for an access manager." in meg.text


@pytest.mark.parametrize("path", ["/manage/managers", "/manage/managers/hand-over", "/manage/deputies"])
def test_the_pages_speak_spanish(paired: World, path: str) -> None:
    """Every word of them."""
    visitor = at(paired, MEG, path, "Meg Manager", "es")
    assert visitor.answer.status_code == 200
    for english in ("access manager", "deput", "Ask ", "Hand over", "Switch"):
        assert english not in visitor.text


def test_operators_do_it_on_the_command_line(paired: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seat, end, deputies, proposals, four eyes, lines: at once, under the same rules."""
    paired.clock.freeze(SystemClock().now())  # the command line lives in the present
    ids = {str(each["account_id"]): str(each["membership_id"]) for each in members_of(paired)}
    proposal = paired.api(subject=MEG).put(f"/api/access/v1/organizations/{CLINIC}/managers/{ids[SAM]}").json()
    paired.close()
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", paired.context.settings.database_url)
    monkeypatch.setenv("GATEHOUSE_BROKER_URL", "memory:")
    monkeypatch.setenv("GATEHOUSE_CACHE_URL", "memory:")
    monkeypatch.setenv("GATEHOUSE_SECRET_KEY", "k" * 40)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(program(SERVICE), [*words, "--json"], obj=SERVICE)
        assert done.exit_code == 0, done.output
        return json.loads(done.output)[0]

    until = (paired.clock.now() + timedelta(days=7)).strftime("%Y-%m-%d")
    assert run("proposals", "list", CLINIC)["proposal_id"] == proposal["proposal_id"]
    assert run("proposals", "withdraw", CLINIC, proposal["proposal_id"])["state"] == "withdrawn"
    assert run("managers", "seat", CLINIC, ids[SAM])["role"] == "manager"
    assert run("managers", "end", CLINIC, ids[SAM])["role"] == "member"
    assert run("managers", "lines", CLINIC, ids[SAM], "--line", "dental")["lines"] == ["dental"]
    named = run("deputies", "name", CLINIC, MEG, ids[DAN], "--scope", "people", "--until", until)
    assert run("deputies", "list", CLINIC)["account_id"] == DAN
    assert run("deputies", "end", CLINIC, named["deputy_id"])["ended_at"] is not None
    on = CliRunner().invoke(program(SERVICE), ["managers", "four-eyes", CLINIC, "on"], obj=SERVICE)
    assert (on.exit_code, on.output.strip()) == (0, "on")
