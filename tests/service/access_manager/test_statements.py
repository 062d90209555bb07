"""No page and no answer asks the database once for each row: as many statements for two of everything as for four.

The rows are full (`busy.py`): an address, a name, a decision or an end that is missing can hide a question.
"""

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import event

from shared.web.csrf import FIELD
from tests.service.access_manager.busy import API, BASE, SUE, Busy
from tests.service.access_manager.partnership import BEA, BILLING
from tests.service.access_manager.world import MEG, World
from tests.support.pages import PageVisitor

FEW, MANY = 2, 4
PEOPLE = "/manage/people/{membership_id}"
LINK = "/manage/partners/{link_id}"
PAGES_OF_A_MANAGER = (
    *("/manage", "/manage/approve?{asked}", "/manage/approved?{asked}", "/manage/requests/{approval_id}"),
    *("/manage/requests/more/{request_id}", "/manage/mails", "/manage/organizations", "/manage/dormant"),
    *("/manage/people?size=100", "/manage/people?status=suspended", "/manage/people.csv"),
    *(PEOPLE, f"{PEOPLE}?copy={{own}}", f"{PEOPLE}?colleague=a", f"{PEOPLE}/history", f"{PEOPLE}/lines"),
    *(f"{PEOPLE}/remove", f"{PEOPLE}/recovery", "/manage/people/add", "/manage/people/add/several"),
    *("/manage/people/remove", "/manage/batches/{batch_id}", "/manage/invitations"),
    *("/manage/invitations/{invitation_id}", "/manage/managers", "/manage/managers?text=a"),
    *("/manage/managers/{membership_id}", "/manage/managers/hand-over?text=a", "/manage/deputies?text=a"),
    *("/manage/deputies/{membership_id}/new", "/manage/proposals/{proposal_id}"),
    *("/manage/proposals/functions/{membership_id}", "/manage/partners", LINK, f"{LINK}/narrow", f"{LINK}/end"),
    *("/manage/emergencies", "/manage/emergencies/list", "/manage/emergencies/{emergency_id}"),
    *("/manage/reviews", "/manage/reviews/{review_id}", "/manage/reviews/{review_id}?show=decided"),
    *("/manage/reviews/{review_over}/certificate", "/manage/reviews/{review_over}/evidence.csv"),
    *("/manage/history", "/manage/history.csv", "/manage/history.json", "/manage/history?person=Person"),
    "/manage/mine",
)
PAGES_OF_A_COMPANY = ("/manage/partners", LINK, f"{LINK}/staff", f"{LINK}/staff/{{sent_id}}", "/manage/people")
PAGES_OF_A_MEMBER = ("/manage/mine", "/manage/mine/ask", "/manage/mine/emergency", "/manage/mine/emergency/org_clinic")
THEIRS = f"{API}/organizations/{BILLING}/partners"
ANSWERS = (
    *(f"{API}/organizations", BASE, f"{BASE}/members", f"{BASE}/members?size=100", f"{BASE}/approvals"),
    *(f"{BASE}/access-requests", f"{BASE}/invitations", f"{BASE}/batches/{{batch_id}}", f"{BASE}/deputies"),
    *(f"{BASE}/proposals", f"{BASE}/partners", f"{BASE}/partners/{{link_id}}/staff", f"{BASE}/emergencies"),
    *(f"{BASE}/reviews", f"{BASE}/reviews/{{review_id}}/items", f"{BASE}/reviews/{{review_over}}/evidence"),
    *(f"{BASE}/history", f"{BASE}/dormant", THEIRS, f"{THEIRS}/{{link_id}}/staff"),
)


class Counted:
    """A busy practice, and how many statements each look takes."""

    def __init__(self, world: World, many: int) -> None:
        """Fill it, and begin to count."""
        self.busy = Busy(world, many)
        asked = "&".join(f"request={each}" for each in self.busy.asked)
        self._ids = {**self.busy.ids, "own": self.busy.memberships[MEG], "asked": asked}
        self._seen: list[str] = []
        event.listen(world.context.database.engine, "before_cursor_execute", self._note)

    def pages(self, who: str, organization: str | None, addresses: tuple[str, ...]) -> dict[str, int]:
        """Look at each page as somebody, for the organization of that name."""
        visitor = self.busy.world.browser(who)
        visitor.open("/manage/mine")
        if organization is not None:
            visitor.open("/manage/organizations")
            visitor.press(f"Choose {organization}")
        return {each: self._page(visitor, each) for each in addresses}

    def answers(self, who: str | None, addresses: tuple[str, ...], scope: str = "access.manage") -> dict[str, int]:
        """Ask the API."""
        client = self.busy.world.api(scope, subject=who)
        return {each: self._count(client, each) for each in addresses}

    def _page(self, visitor: PageVisitor, address: str) -> int:
        self._seen.clear()
        visitor.open(address.format(**self._ids))
        assert visitor.answer.status_code == 200, (address, visitor.text)
        return len(self._seen)

    def _count(self, client: httpx.Client, address: str) -> int:
        self._seen.clear()
        answer = client.get(address.format(**self._ids))
        assert answer.status_code == 200, (address, answer.text)
        return len(self._seen)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self._seen.append(statement)


@pytest.fixture(scope="module")
def practices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counted, Counted]]:
    """One with two of everything, one with four."""
    worlds = [World(tmp_path_factory.mktemp(name)) for name in ("few", "many")]
    yield Counted(worlds[0], FEW), Counted(worlds[1], MANY)
    for world in worlds:
        world.close()


def grown(few: dict[str, int], many: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Where more rows took more statements."""
    return {each: (few[each], many[each]) for each in few if many[each] > few[each]}


@pytest.mark.parametrize(
    ("who", "organization", "addresses"),
    [
        pytest.param(MEG, "Lakeside Family Practice", PAGES_OF_A_MANAGER, id="a manager"),
        pytest.param(BEA, "Billwell Billing", PAGES_OF_A_COMPANY, id="a company"),
        pytest.param(SUE, None, PAGES_OF_A_MEMBER, id="a member of several"),
    ],
)
def test_no_page_asks_once_for_each_row(
    practices: tuple[Counted, Counted], who: str, organization: str | None, addresses: tuple[str, ...]
) -> None:
    """A longer list is a longer page, and no more questions."""
    few, many = (each.pages(who, organization, addresses) for each in practices)
    assert grown(few, many) == {}


def test_no_answer_of_the_api_asks_once_for_each_row(practices: tuple[Counted, Counted]) -> None:
    """For a program, which sees every row; for a person's own access too."""
    few, many = (
        each.answers(None, ANSWERS) | each.answers(SUE, (f"{API}/me/access",), "access.read") for each in practices
    )
    assert grown(few, many) == {}


def test_a_list_is_looked_at_in_a_few_questions(practices: tuple[Counted, Counted]) -> None:
    """G14: the dry run of four hundred rows asks no more than that of one."""
    counts = []
    for number in (1, 400):
        rows = [{"name": f"Row {n}", "email": f"new{n}@office.example"} for n in range(number)]
        rows[0]["email"] = "acc_member_0@lakeside.example"
        body = {"kind": "add", "rows": rows, "functions": ["claims.submit"], "dry_run": True}
        practices[0]._seen.clear()
        practices[0].busy.call(MEG, "POST", "batches", body)
        counts.append(len(practices[0]._seen))
    assert counts[0] == counts[1]


def test_checking_a_page_of_answers_asks_no_more_for_more_people(practices: tuple[Counted, Counted]) -> None:
    """The page between lists what the answers of a review change; it reads all of them at once."""
    made = practices[1]
    review = made.busy.call(None, "GET", "reviews")["reviews"][0]["review_id"]
    people = [each["membership_id"] for each in made.busy.call(None, "GET", f"reviews/{review}/items")["items"]]
    visitor = made.busy.world.browser(MEG)
    visitor.open("/manage/organizations")
    visitor.press("Choose Lakeside Family Practice")
    counts = []
    for number in (1, 20):
        visitor.open(f"/manage/reviews/{review}")
        made._seen.clear()
        token = str(visitor._page.xpath("//input[@name=$name]/@value", name=FIELD)[0])
        fields = [(FIELD, token), *((f"d-{each}", "keep") for each in people[:number])]
        visitor._go("POST", visitor.address, fields)
        assert "Check your answers" in visitor.text
        counts.append(len(made._seen))
    assert counts[0] == counts[1]
