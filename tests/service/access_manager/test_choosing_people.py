"""Whom a manager can choose in a large practice: a few by name, a search for the others, and nothing ticked is lost."""

import pytest

from tests.service.access_manager.partnership import BEA, Partnership, company
from tests.service.access_manager.reviewing import BASE, REVIEWS, opened
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, PAT, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor

DENNIS = "acc_dennis"
MEMBERS = [member(f"acc_{n:03}", f"Person {n:03}") for n in range(60)]


@pytest.fixture
def large(world: World) -> World:
    """A practice of sixty members, a manager of everything, and one of dental alone."""
    world.seed(clinic(manager(), manager(DENNIS, "Dennis Dental"), *MEMBERS))
    dental(world, DENNIS, *(f"acc_{n:03}" for n in range(55, 60)))
    return world


def dental(world: World, *accounts: str) -> None:
    """Limit them to dental."""
    with world.context.transaction() as work:
        for each in accounts:
            sql = f"UPDATE memberships SET lines = '[\"dental\"]' WHERE account_id = '{each}'"
            work.session.connection().exec_driver_sql(sql)


def names(visitor: PageVisitor) -> list[str]:
    """Who stands in the last table or among the boxes."""
    rows = visitor._page.xpath("//table")[-1].xpath(".//tbody//th//text()[1]") if visitor._page.xpath("//table") else []
    boxes = visitor._page.xpath("//input[@name='member']/following-sibling::label/text()")
    return [found for each in (boxes or rows) if (found := each.strip()).startswith("Person")]


@pytest.mark.parametrize("page", ["/manage/managers", "/manage/managers/hand-over", "/manage/deputies"])
def test_a_few_stand_there_and_the_others_are_searched_for(large: World, page: str) -> None:
    """Not sixty rows; what is searched for stands in the address, and the search stays on its page."""
    meg = large.browser(MEG)
    meg.open(page)
    assert names(meg) == [f"Person {n:03}" for n in range(25)]
    assert "The list shows the first 25 of 60 people by name." in meg.text
    meg.fill("Name or e-mail", "person 04")
    meg.press("Search")
    assert page in meg.address and names(meg) == [f"Person 04{n}" for n in range(10)]
    meg.fill("Name or e-mail", "nobody at all")
    meg.press("Search")
    assert "Nobody fits." in meg.text


def test_a_small_practice_searches_nothing(world: World) -> None:
    """Where everybody fits on the page there is no search; where nobody is, the page says what to wait for."""
    world.seed(clinic(manager(), manager("acc_max", "Max"), *MEMBERS[:2]))
    meg = world.browser(MEG)
    meg.open("/manage/deputies")
    assert names(meg) == ["Person 000", "Person 001"] and "Name or e-mail" not in meg.text
    world.seed(clinic(manager("acc_bo", "Bo Boss"), id="org_other"))
    bo = world.browser("acc_bo", name="Bo Boss")
    bo.open("/manage/deputies")
    assert "Nobody else has access yet." in bo.text


def test_searching_keeps_who_is_ticked(large: World) -> None:
    """Two from the first look and one from the search leave together; nothing happens before the list was looked at."""
    meg = large.browser(MEG)
    meg.open("/manage/people/remove")
    meg.choose("Person 003")
    meg.choose("Person 007")
    meg.fill("Name or e-mail", "person 059")
    meg.press("Search")
    assert names(meg) == ["Person 003", "Person 007", "Person 059"]
    meg.choose("Person 059")
    meg.choose("No longer works here")
    meg.press("Check the list")
    assert all(f"Person {each}" in meg.text for each in ("003", "007", "059")) and "Person 004" not in meg.text
    assert large.published("membership.removed") == []


def test_a_foreign_membership_cannot_be_ticked(large: World) -> None:
    """G2: an id of another practice in the address shows nobody."""
    large.seed(clinic(manager("acc_bo", "Bo Boss"), member("acc_sue", "Sue Secret"), id="org_other"))
    theirs = large.api().get("/api/access/v1/organizations/org_other/members").json()["members"]
    meg = large.browser(MEG)
    meg.open("/manage/people/remove?" + "&".join(f"member={each['membership_id']}" for each in theirs))
    assert "Sue Secret" not in meg.text and "Bo Boss" not in meg.text


def test_a_company_finds_whom_to_send(world: World) -> None:
    """Its own people by name, managers too; who works through the connection already says so."""
    both = Partnership.seeded(world)
    world.seed(company(*(member(f"acc_{n:03}", f"Person {n:03}", ()) for n in range(40))))
    link = both.connected()
    both.send(link)
    bea = world.browser(BEA, name="Bea Billing")
    bea.open(f"/manage/partners/{link}/staff")
    assert "Change Ben Biller" in bea.text and "4 tasks" in bea.text
    bea.fill("Name or e-mail", "person 039")
    bea.press("Search")
    assert names(bea) == ["Person 039"] and "Add Person 039" in bea.text


def test_a_page_of_a_review_is_full_for_a_manager_of_one_line(large: World) -> None:
    """G2, paging: those beyond the reach take no place on a page, so that a page is never empty while people wait."""
    review = opened(large)
    answer = large.api(subject=DENNIS).get(f"{REVIEWS}/{review}/items?limit=3").json()["items"]
    assert [each["name"] for each in answer] == ["Dennis Dental", "Person 055", "Person 056"]
    rest = large.api(subject=DENNIS).get(f"{REVIEWS}/{review}/items?after={answer[-1]['position']}").json()["items"]
    assert [each["name"] for each in rest] == ["Person 057", "Person 058", "Person 059"]
    dennis = large.browser(DENNIS, name="Dennis Dental")
    dennis.open(f"/manage/reviews/{review}")
    assert names(dennis) == [f"Person {n:03}" for n in range(55, 60)]
    outside = large.api(subject=MEG).get(f"{REVIEWS}/{review}/items").json()["items"][5]["membership_id"]
    dennis.open(f"/manage/reviews/{review}/people/{outside}")
    assert dennis.answer.status_code == 404


def test_what_was_withdrawn_was_not_decided(large: World) -> None:
    """The empty inbox says when somebody last decided; a person who withdrew decided nothing."""
    large.tell("user.registered", "registration", "app_1", **asks())
    gone = {"application_id": "app_1", "account_id": PAT, "organization_id": CLINIC, "withdrawn_at": MONDAY}
    large.tell("application.withdrawn", "registration", "app_1", 2, **gone)  # type: ignore[arg-type]
    assert large.api().get(f"{BASE}/approvals").json()["approvals"] == []
    meg = large.browser(MEG)
    meg.open("/manage")
    assert "No requests wait for a decision." in meg.text and "The last decision was" not in meg.text


def test_a_result_of_nothing_leads_to_the_inbox(large: World) -> None:
    """An old address of results, or an empty one, announces no success."""
    meg = large.browser(MEG)
    meg.open("/manage/approved?request=apr_gone")
    assert meg.address.endswith("/manage") and "approved" not in meg.text


def test_an_organization_is_chosen_only_where_there_are_several(large: World) -> None:
    """One entry less in everybody's menu; what is known of the one organization stays a page of its own."""
    meg = large.browser(MEG)
    meg.open("/manage/managers")
    assert meg._page.xpath("//nav//a[@href='/manage/organizations']") == []
    meg.follow("About your organization")
    assert "Your organization" in meg.text and "•••••1234" in meg.text
    large.seed(clinic(manager(), id="org_other"))
    meg.open("/manage/organizations")
    meg.press("Choose Lakeside Family Practice")
    assert meg._page.xpath("//nav//a[@href='/manage/organizations']")


def test_an_address_that_two_people_have_removes_neither(large: World) -> None:
    """A ticked person goes by their address to the list; with a colleague of the same one nobody is mistaken."""
    before = large.published()
    with large.context.transaction() as work:
        sql = "UPDATE people SET email = 'front@lakeside.example' WHERE account_id IN ('acc_003', 'acc_007')"
        work.session.connection().exec_driver_sql(sql)
    meg = large.browser(MEG)
    meg.open("/manage/people/remove")
    meg.choose("Person 003")
    meg.choose("Person 005")
    meg.choose("No longer works here")
    meg.press("Check the list")
    assert "Several people here have this address." in meg.text and "Person 005" in meg.text
    rows = [{"email": "front@lakeside.example"}]
    for kind, more in (("remove", {}), ("add", {"functions": ["claims.submit"]})):
        answer = large.api(subject=MEG).post(f"{BASE}/batches", json={"kind": kind, "rows": rows, **more}).json()
        assert [row["act"] for row in answer["rows"]] == ["fault"], answer
    assert large.published() == before


def test_two_windows_and_one_person(large: World) -> None:
    """The second window is told, shows what the person holds now, and does not undo it when its button is pressed."""
    first, second = large.browser(MEG), large.browser(MEG)
    for each in (first, second):
        each.open("/manage/people?text=person+001")
        each.follow("Person 001")
    first.untick("Send precertification requests")
    first.press("Save access")
    second.choose("Send claims")
    second.press("Save access")
    assert second.answer.status_code == 412 and "Somebody changed this person’s access meanwhile." in second.text
    second.press("Save access")
    held = large.api().get(f"{BASE}/members?text=person+001").json()["members"][0]["functions"]
    assert held == ["eligibility.view", "claims.status.view", "precert.view"]
