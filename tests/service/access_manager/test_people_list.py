"""The list of people: filters in the address, pages cut by the database, a file of what fits, and copying access."""

import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from access_manager.functions.catalogue import FUNCTIONS
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, clinic, manager, member
from tests.support.pages import PageVisitor

MEMBERS = f"/api/access/v1/organizations/{CLINIC}/members"
BILLING = ("eligibility.view", "claims.status.view", "claims.submit", "remittance.view", "fee-schedule.view")


@pytest.fixture
def busy(world: World) -> World:
    """A clinic of five: one ends soon, one ended, one has not signed in for long, one does billing."""
    world.seed(
        clinic(
            manager(),
            member(),
            member("acc_bill", "Bill Abel", BILLING),
            member("acc_end", "Enda Soon"),
            member("acc_over", "Oona Over"),
        )
    )
    for account, days in ((MEG, 1), (SAM, 200), ("acc_bill", 3)):
        seen(world, account, days)
    ends(world, "acc_end", timedelta(days=10))
    ends(world, "acc_over", timedelta(hours=1))
    world.clock.advance(timedelta(hours=2))
    return world


@pytest.fixture
def meg(busy: World) -> PageVisitor:
    """Meg at the list."""
    visitor = busy.browser(MEG)
    visitor.open("/manage/people")
    return visitor


def seen(world: World, account: str, days: int) -> None:
    """Let identity tell of a sign-in so many days ago."""
    told = {"session_id": f"ses_{account}", "account_id": account}
    told |= {"acr": "urn:gatehouse:acr:1", "amr": ["pwd"], "started_at": _text(MONDAY - timedelta(days=days))}
    world.tell("session.started", "identity", f"ses_{account}", **told)


def ends(world: World, account: str, after: timedelta) -> None:
    """Give somebody's access an end."""
    path = f"/api/access/v1/organizations/{CLINIC}/members"
    found = next(each for each in world.api().get(path).json()["members"] if each["account_id"] == account)
    body = {"functions": found["functions"], "ends_at": (MONDAY + after).isoformat()}
    changed = world.api().put(f"{path}/{found['membership_id']}", json=body, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text


def shown(visitor: PageVisitor) -> list[str]:
    """The names in the list, in order."""
    return [" ".join(cell.xpath(".//a")[0].text_content().split()) for cell in visitor._page.xpath("//tbody//th")]


def _text(instant: object) -> str:
    return str(instant).replace(" ", "T").replace("+00:00", "Z")


def test_everybody_stands_there_by_name_with_what_they_may_do(meg: PageVisitor) -> None:
    """Tags of tasks, the last sign-in in words, the end; a usual job by its name."""
    assert shown(meg) == ["Bill Abel", "Enda Soon", "Meg Manager", "Oona Over", "Sam Staff"]
    bill = meg.text.split("Bill Abel")[1].split("Enda Soon")[0]
    assert "Billing" in bill and "3 days ago" in bill and "No end date" in bill
    assert "Access has ended" in meg.text.split("Oona Over")[1].split("Sam Staff")[0]
    assert "7 months ago" in meg.text or "6 months ago" in meg.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=ended", ["Oona Over"]),
        ("status=active", ["Bill Abel", "Enda Soon", "Meg Manager", "Sam Staff"]),
        ("status=removed", []),
        ("role=manager", ["Meg Manager"]),
        ("function=remittance.view", ["Bill Abel"]),
        ("function=claims.submit&role=member", ["Bill Abel"]),
        ("text=SAM", ["Sam Staff"]),
        ("text=lakeside.example", ["Bill Abel", "Enda Soon", "Meg Manager", "Oona Over", "Sam Staff"]),
        ("text=%25", []),
        ("text=_", ["Bill Abel", "Enda Soon", "Meg Manager", "Oona Over", "Sam Staff"]),
        ("only=unused", ["Sam Staff"]),
        ("only=ending", ["Enda Soon"]),
        ("only=ending&only=unused", []),
        ("status=nonsense&role=x&function=y&only=z&size=7&page=-3", None),
    ],
)
def test_the_address_says_who_is_wanted(meg: PageVisitor, query: str, expected: list[str] | None) -> None:
    """Each filter, and several together; what nobody offered counts as not asked."""
    meg.open(f"/manage/people?{query}")
    assert meg.answer.status_code == 200
    assert shown(meg) == (expected if expected is not None else shown(meg))
    assert "Nobody fits." in meg.text if expected == [] else "Nobody fits." not in meg.text


def test_the_form_writes_the_address(meg: PageVisitor) -> None:
    """Filters are a form without scripts; the list that comes can be kept, sent and undone."""
    meg.fill("Name or e-mail", "a")
    meg.choose("Access ends within 30 days")
    meg.press("Show")
    assert "text=a" in meg.address and "only=ending" in meg.address
    assert shown(meg) == ["Enda Soon"] and "1 person fits." in meg.text
    meg.follow("Show everybody")
    assert len(shown(meg)) == 5


def test_pages_are_cut_and_turned(world: World) -> None:
    """Twenty-five a page unless asked otherwise; the filters stay when the page is turned."""
    world.seed(clinic(manager(), *(member(f"acc_{n:03}", f"Person {n:03}") for n in range(60))))
    meg = world.browser(MEG)
    meg.open("/manage/people?role=member")
    assert shown(meg)[0] == "Person 000" and len(shown(meg)) == 25 and "Page 1 of 3" in meg.text
    meg.follow("Later names")
    assert shown(meg)[0] == "Person 025" and "role=member" in meg.address
    meg.follow("Later names")
    assert shown(meg) == [f"Person {n:03}" for n in range(50, 60)]
    meg.follow("Earlier names")
    assert shown(meg)[0] == "Person 025"
    meg.open("/manage/people?role=member&size=50")
    assert len(shown(meg)) == 50
    meg.open("/manage/people?page=99&role=member")
    assert "Page 3 of 3" in meg.text and "role=member" in meg.address and "Nobody fits." not in meg.text


def test_the_file_holds_everybody_who_fits_and_no_formula(busy: World, meg: PageVisitor) -> None:
    """Threat 45: a name that a spreadsheet would compute is only text there."""
    with busy.context.transaction() as work:
        work.session.connection().exec_driver_sql(
            "UPDATE people SET display_name = '=HYPERLINK(1)' WHERE account_id = 'acc_bill'"
        )
    meg.follow("Download these people for spreadsheets (CSV)")
    assert meg.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(meg.answer.text.lstrip("\ufeff"))))
    assert rows[0] == [
        "Person",
        "E-mail",
        "Role",
        "Status",
        "May do",
        "Member since",
        "Last day of access",
        "Last sign-in",
    ]
    assert len(rows) == 6 and "'=HYPERLINK(1)" in {row[0] for row in rows}
    assert "Send claims" in next(row for row in rows if row[1] == "acc_bill@lakeside.example")[4]
    meg.open("/manage/people.csv?role=manager")
    assert [row[0] for row in csv.reader(io.StringIO(meg.answer.text))][1:] == ["Meg Manager"]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"text": "sAm"}, 1),
        ({"role": "manager"}, 1),
        ({"function": "claims.submit"}, 1),
        ({"status": "removed"}, 0),
        ({"only": "unused", "role": "manager"}, 0),
        ({"text": "nobody"}, 0),
    ],
)
def test_a_program_narrows_the_list_down_by_the_same_names(
    busy: World, meg: PageVisitor, query: dict[str, str], total: int
) -> None:
    """What the address of the page asks for, the API asks for; both are answered by the same statement."""
    found = busy.api(subject=MEG).get(MEMBERS, params=query).json()
    assert (found["total"], len(found["members"])) == (total, total)
    meg.open("/manage/people.csv?" + urlencode(query))
    rows = list(csv.reader(io.StringIO(meg.answer.text.lstrip("\ufeff"))))[1:]
    assert sorted(row[1] for row in rows) == sorted(each["email"] for each in found["members"])


def test_a_program_turns_the_pages_of_the_list(busy: World) -> None:
    """Everybody at once unless a size is named; then in parts, each person once. What nobody offers is refused."""
    api = busy.api(subject=MEG)
    everybody = api.get(MEMBERS).json()
    assert everybody["total"] == len(everybody["members"]) > 3
    busy.seed(clinic(*(member(f"acc_{n:03}", f"Person {n:03}") for n in range(30))))
    pages = [api.get(MEMBERS, params={"size": 25, "page": page}).json() for page in (1, 2)]
    seen = [each["account_id"] for page in pages for each in page["members"]]
    assert len(seen) == len(set(seen)) == pages[0]["total"] == everybody["total"] + 30
    for wrong in ({"status": "asleep"}, {"role": "king"}, {"function": "no.such"}, {"size": 7}, {"page": 0}):
        assert api.get(MEMBERS, params=wrong).status_code == 422, wrong


def test_no_other_organization_is_in_the_list_or_the_file(busy: World) -> None:
    """Threat 32: not by any filter."""
    busy.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    bo = busy.browser("acc_bo", name="Bo Boss")
    for address in ("/manage/people", "/manage/people?text=Sam", "/manage/people.csv", "/manage/people?status=ended"):
        bo.open(address)
        assert "Sam Staff" not in bo.text and "Oona" not in bo.text, address


def test_access_is_copied_from_a_colleague_by_looking_first(busy: World, meg: PageVisitor) -> None:
    """A link that ticks, like a usual job: nothing changes before the manager saves."""
    before = len(busy.published("membership.changed"))
    meg.follow("Sam Staff")
    meg.fill("Name or e-mail of the colleague", "bill")
    meg.press("Search")
    meg.follow("Bill Abel")
    assert "The tasks of Bill Abel are ticked" in meg.text
    assert len(busy.published("membership.changed")) == before
    meg.press("Save access")
    assert "The change is in effect now." in meg.text
    assert busy.published("membership.changed")[-1].data["functions"] == list(BILLING)


def test_a_foreign_colleague_cannot_be_copied(busy: World, meg: PageVisitor) -> None:
    """Threat 32: a membership of another practice in the address is not found."""
    busy.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    path = f"/api/access/v1/organizations/{OTHER}/members"
    foreign = busy.api().get(path).json()["members"][0]["membership_id"]
    meg.follow("Sam Staff")
    meg.open(f"{meg.address}?copy={foreign}")
    assert meg.answer.status_code == 404


def test_every_function_is_there_with_a_sentence_and_all_of_them_go_at_once(busy: World, meg: PageVisitor) -> None:
    """G3: each function of the catalogue is a plain task; all on by one link, all off leaves none."""
    meg.follow("Sam Staff")
    for function in FUNCTIONS:
        assert function.task in meg.text and function.sentence in meg.text
    meg.follow("Full access")
    meg.press("Save access")
    assert len(busy.published("membership.changed")[-1].data["functions"]) == len(FUNCTIONS)  # type: ignore[arg-type]
    for function in FUNCTIONS:
        meg.untick(function.task)
    meg.press("Save access")
    assert busy.published("membership.changed")[-1].data["functions"] == []
    busy.availability.open("claims.submit", until=MONDAY + timedelta(days=1))
    assert busy.evaluate(SAM, "claims.submit")["context"]["reason_code"] == "function_not_granted"


def test_a_function_that_ends_earlier_says_so(busy: World, meg: PageVisitor) -> None:
    """The manager sees it, and so does the person; given anew it no longer ends."""
    with busy.context.transaction() as work:
        work.session.connection().exec_driver_sql(
            "UPDATE memberships SET function_ends = ? WHERE account_id = ?",
            ('{"precert.view": "2026-12-01T05:00:00Z"}', SAM),
        )
    meg.follow("Sam Staff")
    assert "Tasks that end sooner" in meg.text
    assert "Until the end of Nov 30, 2026: See precertification requests" in meg.text
    sam = busy.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine")
    assert "Until the end of Nov 30, 2026" in sam.text
    busy.clock.advance(timedelta(days=30))
    body = {"organization_id": CLINIC, "functions": ["precert.view"]}
    asked = busy.api(subject=SAM).post("/api/access/v1/me/access-requests", json=body).json()["request_id"]
    path = f"/api/access/v1/organizations/{CLINIC}/access-requests/{asked}/decision"
    assert busy.api(subject=MEG).post(path, json={"outcome": "give"}).status_code == 200
    assert busy.published("membership.changed")[-1].data["function_ends"] == {}
