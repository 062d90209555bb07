"""Who may decide a request for more besides every manager: deputies, managers of some lines, two together."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from access_manager.memberships.models import Deputy, Membership
from access_manager.organizations.models import Organization
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World, clinic, manager, member

MAX, DORA = "acc_max", "acc_dora"
MINE = "/api/access/v1/me/access-requests"
THEIRS = f"/api/access/v1/organizations/{CLINIC}/access-requests"


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with two managers, a member, and Dora, who decides requests for Meg this week."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), member(DORA, "Dora Deputy")))
    period = {"starts_at": MONDAY - timedelta(days=1), "ends_at": MONDAY + timedelta(days=6), "named_at": MONDAY}
    people = {"organization_id": CLINIC, "manager_id": MEG, "deputy_id": DORA}
    with world.context.transaction() as work:
        work.session.add(Deputy(id="dep_1", scopes=["requests"], **people, **period))
    world.availability.open("claims.submit", "payment.manage", until=MONDAY + timedelta(days=30))
    return world


def ask(world: World, function: str = "claims.submit", who: str = SAM) -> str:
    """Ask, and return the request's id."""
    body = {"organization_id": CLINIC, "functions": [function]}
    return str(world.api(subject=who).post(MINE, json=body).json()["request_id"])


def give(world: World, request_id: str, who: str) -> Any:
    """Give what was asked."""
    return world.api(subject=who).post(f"{THEIRS}/{request_id}/decision", json={"outcome": "give"})


def test_a_deputy_decides_on_behalf_of_their_manager(staffed: World) -> None:
    """G9: as themself; the history names both, and so does the page."""
    asked = ask(staffed)
    dora = staffed.browser(DORA, name="Dora Deputy")
    dora.open("/manage")
    dora.follow("Sam Staff")
    dora.press("Approve access")
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is True
    meg = staffed.browser(MEG)
    meg.open("/manage/history?kind=requests")
    assert "Dora Deputy gave Sam Staff what they had asked for" in meg.text
    assert "On behalf of Meg Manager" in meg.text
    assert staffed.api(subject=MEG).get(f"{THEIRS}/{asked}").json()["decided_by"] == DORA


@pytest.mark.parametrize("who", [DORA, MEG])
def test_a_deputy_decides_neither_for_themself_nor_for_whom_they_act(staffed: World, who: str) -> None:
    """G5, G9: self-approval does not come in by the side door."""
    asked = ask(staffed, "payment.manage", who)
    refused = give(staffed, asked, DORA)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-approval")
    assert staffed.evaluate(who, "payment.manage")["decision"] is False


def test_a_deputy_does_not_touch_another_managers_access(staffed: World) -> None:
    """What concerns managers stays between managers."""
    assert give(staffed, ask(staffed, who=MAX), DORA).json()["type"] == "/problems/deputy-beyond"


def test_after_the_period_a_deputy_finds_nothing(staffed: World) -> None:
    """G9: exact to the instant, without a job."""
    asked = ask(staffed)
    staffed.clock.advance(timedelta(days=6))
    assert give(staffed, asked, DORA).status_code == 404


def test_a_manager_of_some_lines_sees_requests_of_those_only(staffed: World) -> None:
    """G2: somebody who works for all lines is out of reach of a manager of dental; their request is not there."""
    limit(staffed, MAX, "dental")
    asked = ask(staffed)
    # Meg reaches all lines, and Dora stands in for her.
    assert {mail.recipient for mail in staffed.mails()} == {"acc_meg@lakeside.example", "acc_dora@lakeside.example"}
    assert staffed.api(subject=MAX).get(THEIRS).json() == {"access_requests": []}
    assert give(staffed, asked, MAX).status_code == 404
    max_there = staffed.browser(MAX, name="Max Manager")
    max_there.open(f"/manage/approve?request={asked}")
    assert max_there.answer.status_code == 422
    for address in ("/manage", "/manage/people", "/manage/history", "/manage/history.csv"):
        max_there.open(address)
        assert "Sam Staff" not in max_there.answer.text, address
    limit(staffed, SAM, "dental")
    assert give(staffed, asked, MAX).status_code == 200


def test_where_two_must_agree_one_does_not_give_sensitive_tasks(staffed: World) -> None:
    """G17: the request stays open and says what to do instead; together with others it is the only one left."""
    with staffed.context.transaction() as work:
        work.session.execute(update(Organization).values(four_eyes=True))
    asked = ask(staffed, "payment.manage")
    meg = staffed.browser(MEG)
    meg.open(f"/manage/requests/more/{asked}")
    meg.press("Approve access")
    assert meg.answer.status_code == 409 and "two managers to agree" in meg.text
    meg.open(f"/manage/approve?request={asked}")
    meg.press("Approve 1 request")
    assert "0 requests approved" in meg.text
    assert staffed.evaluate(SAM, "payment.manage")["decision"] is False


def test_people_of_a_partner_ask_their_own_company(staffed: World) -> None:
    """G12: what comes through a connection never grows by asking; the page says where to ask."""
    asked = ask(staffed)
    with staffed.context.transaction() as work:
        theirs = update(Membership).where(Membership.account_id == SAM)
        work.session.execute(theirs.values(link_id="lnk_1"))
    assert give(staffed, asked, MEG).json()["type"] == "/problems/through-connection"
    body = {"organization_id": CLINIC, "functions": ["claims.submit"]}
    refused = staffed.api(subject=SAM).post(MINE, json=body)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/through-connection")
    sam = staffed.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine")
    assert "Your access comes through a company." in sam.text and "Ask for it" not in sam.text


def limit(world: World, account: str, line: str) -> None:
    """Limit a membership to one line of business."""
    with world.context.transaction() as work:
        work.session.execute(update(Membership).where(Membership.account_id == account).values(lines=[line]))
