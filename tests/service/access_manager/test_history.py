"""G18: the history of an organization and of each person, readable by the organization, and by nobody else."""

import csv
import io
import json
from datetime import timedelta

import pytest

from access_manager.invitations import service as invitations
from shared.service import Actor
from tests.service.access_manager.invited import INVITATIONS, invite
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor

PATH = f"/api/access/v1/organizations/{CLINIC}/history"


@pytest.fixture
def lived(world: World) -> World:
    """Two days of a clinic: on Monday Pat joins, on Tuesday Sam asks for more and gets it."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    world.tell("user.registered", "registration", "app_1", **asks())
    approval = world.published("approval.required")[0].subject
    base = f"/api/access/v1/organizations/{CLINIC}"
    world.api(subject=MEG).post(f"{base}/approvals/{approval}/decision", json={"outcome": "approve"})
    world.clock.advance(timedelta(days=1))
    body = {"organization_id": CLINIC, "functions": ["remittance.view"]}
    asked = world.api(subject=SAM).post("/api/access/v1/me/access-requests", json=body).json()["request_id"]
    world.api(subject="acc_max").post(f"{base}/access-requests/{asked}/decision", json={"outcome": "give"})
    return world


@pytest.fixture
def meg(lived: World) -> PageVisitor:
    """Meg at the history."""
    visitor = lived.browser(MEG)
    visitor.open("/manage/history")
    return visitor


def test_who_gave_what_to_whom_and_when(meg: PageVisitor) -> None:
    """G18: in whole sentences, the newest first, with the tasks that came."""
    text = meg.text
    assert text.index("Max Manager gave Sam Staff what they had asked for") < text.index("Sam Staff asked for more")
    assert "Meg Manager approved the request of Pat Partner" in text
    assert "Added: See remittances" in text and "About: See remittances" in text
    assert "Tuesday, November 24, 2026 at 10:00 a.m. Eastern" in text


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("person=sam", "Sam Staff asked for more access", "Pat Partner"),
        ("person=max", "Max Manager gave Sam Staff", "Pat Partner"),
        ("kind=requests", "Pat Partner asked to join", "changed the access"),
        ("kind=access", "Meg Manager gave access to Pat Partner", "asked to join"),
        ("since=2026-11-24", "Sam Staff asked for more access", "Pat Partner"),
        ("until=2026-11-23", "Pat Partner asked to join", "asked for more"),
        ("since=2026-11-23&until=2026-11-23&kind=requests&person=pat", "Pat Partner asked to join", "Sam Staff"),
        ("kind=reviews", "No entry fits.", "Pat Partner"),
    ],
)
def test_the_address_says_what_is_wanted(meg: PageVisitor, query: str, there: str, gone: str) -> None:
    """By person, by kind of act, by days in Eastern time, and all of them together."""
    meg.open(f"/manage/history?{query}")
    assert there in meg.text and gone not in meg.text


def test_a_day_that_is_none_is_named_at_the_field(meg: PageVisitor) -> None:
    """And no entry is shown as if it fitted."""
    meg.open("/manage/history?since=yesterday")
    assert meg.answer.status_code == 422 and "There is a problem" in meg.text
    assert "asked to join" not in meg.text


def test_the_filter_in_force_is_said_in_words(meg: PageVisitor) -> None:
    """Days as people write them, not as the address holds them."""
    meg.open("/manage/history?since=2026-11-23&until=2026-11-24&kind=requests&person=pat")
    assert "From Nov 23, 2026" in meg.text and "To Nov 24, 2026" in meg.text and "2026-11-23" not in meg.text


def test_whoever_was_invited_is_named(lived: World) -> None:
    """G18: as long as the invitation is kept; somebody, once it is forgotten."""
    invite(lived)
    visitor = lived.browser(MEG)
    visitor.open("/manage/history?kind=invitations")
    assert "Meg Manager invited Ann Lee to join" in visitor.text
    api = lived.api(subject=MEG)
    api.delete(f"{INVITATIONS}/{api.get(INVITATIONS).json()['invitations'][0]['invitation_id']}")
    lived.clock.advance(timedelta(days=400))
    assert invitations.forget(lived.context) == 1
    visitor = lived.browser(MEG)
    visitor.open("/manage/history?kind=invitations")
    assert "Meg Manager invited somebody to join" in visitor.text and "Ann Lee" not in visitor.text


def test_older_entries_keep_the_filter(world: World) -> None:
    """A hundred a page; the link to the older ones asks for the same."""
    world.seed(clinic(manager(), *(member(f"acc_{n:03}", f"Person {n:03}") for n in range(120))))
    meg = world.browser(MEG)
    meg.open("/manage/history?kind=access")
    assert len(meg._page.xpath("//ol[contains(@class, 'usa-timeline')]/li")) == 100
    meg.follow("Older entries")
    assert "kind=access" in meg.address and "The organization was added" not in meg.text
    assert 20 <= len(meg._page.xpath("//ol[contains(@class, 'usa-timeline')]/li")) < 100


def test_the_files_hold_what_fits(meg: PageVisitor) -> None:
    """CSV in words for people, JSON for programs; the filter of the page is theirs too."""
    meg.open("/manage/history?person=sam&kind=requests")
    csv_file, json_file = meg.leads_to("Download for spreadsheets (CSV)"), meg.leads_to("Download for programs (JSON)")
    meg.open(csv_file)
    rows = list(csv.reader(io.StringIO(meg.answer.text.lstrip("\ufeff"))))
    assert rows[0] == ["When", "What happened", "Details", "By the support desk"]
    assert [row[1] for row in rows[1:]] == [
        "Max Manager gave Sam Staff what they had asked for",
        "Sam Staff asked for more access",
    ]
    meg.open(json_file)
    entries = json.loads(meg.answer.text)["entries"]
    assert [each["action"] for each in entries] == ["access.decided", "access.requested"]
    assert entries[0]["actor"] == "acc_max" and entries[0]["by_desk"] is False
    meg.open("/manage/history.csv?since=never")
    assert len(list(csv.reader(io.StringIO(meg.answer.text)))) == 1


def test_the_support_desks_acts_are_marked(lived: World, meg: PageVisitor) -> None:
    """A program of the payer acted, not a manager: the words say so, and a mark where they do not; never both."""
    members = lived.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    sam = next(each["membership_id"] for each in members if each["account_id"] == SAM)
    body = {"reason": "left"}
    lived.api().post(f"/api/access/v1/organizations/{CLINIC}/members/{sam}/removal", json=body)
    with lived.context.transaction(Actor("cli_desk", "client")) as work:
        work.audit("review.closed", target="rev_1", organization=CLINIC)
    meg.open("/manage/history")
    lines = meg._page.xpath("//ol[contains(@class, 'usa-timeline')]/li")
    marks = {line.text_content(): line.xpath("count(.//span[contains(@class, 'usa-tag')])") for line in lines}
    assert [number for words, number in marks.items() if "The support desk removed" in words] == [0]
    assert [number for words, number in marks.items() if "The review of access was closed" in words] == [1]
    [entry] = lived.api(subject=MEG).get(PATH, params={"kind": "access", "target": SAM}).json()["entries"][:1]
    assert (entry["by_desk"], entry["reason"]) == (True, "left")


def test_an_entry_says_until_when_something_holds(lived: World, meg: PageVisitor) -> None:
    """G8, G18: the last day that was asked for, in words; nothing where an act leaves the end as it was."""
    meg.open("/manage/people")
    meg.follow("Sam Staff")
    meg.fill("Last day of access", "2026-12-04")
    meg.press("Save access")
    meg.choose("Send claims")
    meg.press("Save access")
    meg.fill("Last day of access", "")
    meg.press("Save access")
    meg.open("/manage/history?person=sam&kind=access")
    lines = [line.text_content() for line in meg._page.xpath("//ol[contains(@class, 'usa-timeline')]/li")]
    changed = [line for line in lines if "Meg Manager changed the access of Sam Staff" in line]
    assert [("Until the end of Dec 4, 2026" in line, "No end date" in line) for line in changed] == [
        (False, True),
        (False, False),
        (True, False),
    ]


def test_each_person_has_a_history_of_their_own(lived: World, meg: PageVisitor) -> None:
    """G18: what happened with that access, and nothing of others."""
    meg.follow("People")
    meg.follow("Sam Staff")
    meg.follow("History of this access")
    assert "Sam Staff asked for more access" in meg.text and "Meg Manager gave access" not in meg.text
    assert "Pat Partner" not in meg.text


def test_nobody_reads_another_organizations_history(lived: World) -> None:
    """G18, threat 32: own organization only, on every door and with every filter."""
    lived.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    bo = lived.browser("acc_bo", name="Bo Boss")
    for address in ("", "?person=sam", ".csv", ".json", "?kind=requests"):
        bo.open(f"/manage/history{address}")
        assert "Sam" not in bo.answer.text and "acc_sam" not in bo.answer.text
    members = lived.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    bo.open(f"/manage/people/{members[0]['membership_id']}/history")
    assert bo.answer.status_code == 404
    assert lived.api(subject="acc_bo").get(PATH).status_code == 404
    assert lived.api(subject=SAM).get(PATH).status_code == 404


def test_the_api_takes_the_same_filters(lived: World) -> None:
    """A part of a name, one account, a kind, a span of instants; a kind that is none is refused."""
    api = lived.api(subject=MEG)
    since = (MONDAY + timedelta(hours=20)).isoformat()
    tuesday = api.get(PATH, params={"since": since}).json()["entries"]
    assert {each["target"] for each in tuesday} == {SAM}
    monday = api.get(PATH, params={"until": since, "kind": "requests"}).json()["entries"]
    assert [each["action"] for each in monday] == ["approval.decided", "approval.required"]
    assert api.get(PATH, params={"kind": "nonsense"}).status_code == 422
