"""The inbox: everything that waits in one list, and several approved at once after every change was shown."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from access_manager.app import SERVICE
from shared import cli
from tests.service.access_manager.world import (
    CLINIC,
    MEG,
    MONDAY,
    OTHER,
    SAM,
    World,
    asks,
    at_the_shell,
    clinic,
    manager,
    member,
)
from tests.support.pages import PageVisitor

PEOPLE = {"acc_ann": "Ann Abel", "acc_bob": "Bob Baker", "acc_cay": "Cay Cole"}


@pytest.fixture
def waiting(world: World) -> World:
    """Three people ask to join, one hour after the other; Sam, who is inside, asks for more last."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    for number, (account, name) in enumerate(PEOPLE.items()):
        person = {"display_name": name, "email": f"{account}@{'gmail.com' if number else 'elsewhere.example'}"}
        told = asks(account, f"app_{number}", person={**person, "mobile": None})
        told["submitted_at"] = MONDAY - timedelta(hours=9 - number)
        world.tell("user.registered", "registration", f"app_{number}", **told)
    body = {"organization_id": CLINIC, "functions": ["remittance.view"]}
    world.api(subject=SAM).post("/api/access/v1/me/access-requests", json=body)
    return world


@pytest.fixture
def meg(waiting: World) -> PageVisitor:
    """Meg at the inbox."""
    visitor = waiting.browser(MEG)
    visitor.open("/manage")
    return visitor


def test_the_oldest_comes_first_and_each_says_who_asks_what_since_when(meg: PageVisitor) -> None:
    """Both kinds of request in one list, with the waiting time in words."""
    text = meg.text
    order = [text.index(name) for name in (*PEOPLE.values(), "Sam Staff")]
    assert order == sorted(order)
    assert "4 people wait for a decision" in text
    assert "9 hours ago" in text and "just now" in text
    assert "To join, and to:" in text and "More access, to:" in text


def test_the_domain_of_the_address_is_compared_with_the_managers(meg: PageVisitor) -> None:
    """The same, another, or an address that anybody can have, which says nothing."""
    ann, rest = meg.text.split("Bob Baker", 1)
    assert "Another e-mail domain" in ann
    bob, sam = rest.split("Sam Staff", 1)
    assert "e-mail domain" not in bob.lower()
    assert "E-mail domain of your managers" in sam


def test_several_are_approved_after_a_page_that_lists_every_change(waiting: World, meg: PageVisitor) -> None:
    """Chosen, looked at, approved: each by its own decision, and the last page says what came of each."""
    meg.choose("Choose Ann Abel")
    meg.choose("Choose Sam Staff")
    meg.press("Approve the chosen ones")
    assert "Approve 2 requests?" in meg.text and "Bob Baker" not in meg.text
    assert "See patient claims" in meg.text and "See remittances" in meg.text
    assert waiting.published("approval.decided") == []
    meg.press("Approve 2 requests")
    assert "2 requests approved" in meg.text
    [decided] = waiting.published("approval.decided")
    assert (decided.data["account_id"], decided.data["outcome"]) == ("acc_ann", "approved")
    waiting.availability.open("remittance.view", until=MONDAY + timedelta(hours=1))
    assert waiting.evaluate(SAM, "remittance.view")["decision"] is True
    meg.open(meg.address)
    assert "2 requests approved" in meg.text and len(waiting.published("approval.decided")) == 1


def test_one_link_leads_to_all_of_them(waiting: World, meg: PageVisitor) -> None:
    """The address names each request: whoever asks a moment later is not approved with them."""
    meg.follow("Approve 4 requests as asked")
    waiting.tell("user.registered", "registration", "app_9", **asks("acc_zed", "app_9"))
    meg.press("Approve 4 requests")
    assert "4 requests approved" in meg.text
    assert len(waiting.published("approval.decided")) == 3
    meg.follow("All requests")
    assert "1 person waits for a decision" in meg.text


def test_what_changed_since_it_was_looked_at_is_not_approved(waiting: World, meg: PageVisitor) -> None:
    """Sam adds a function after the page was shown: nobody is given what no manager saw; the others go on."""
    meg.follow("Approve 4 requests as asked")
    body = {"organization_id": CLINIC, "functions": ["payment.manage"]}
    waiting.api(subject=SAM).post("/api/access/v1/me/access-requests", json=body)
    meg.press("Approve 4 requests")
    assert "3 requests approved" in meg.text and "it changed since you looked" in meg.text
    assert waiting.evaluate(SAM, "payment.manage")["context"]["reason_code"] == "function_not_granted"


def test_what_another_manager_decided_meanwhile_is_told(waiting: World, meg: PageVisitor) -> None:
    """First come wins, row by row."""
    meg.follow("Approve 4 requests as asked")
    other = waiting.browser("acc_max", name="Max Manager")
    other.open("/manage")
    other.follow("Ann Abel")
    other.choose("Nobody of this name works here")
    other.press("Deny request")
    meg.press("Approve 4 requests")
    assert "3 requests approved" in meg.text
    assert "Denied" in meg.text and "Max Manager decided on" in meg.text


def test_ones_own_request_is_in_the_list_and_cannot_be_chosen(waiting: World, meg: PageVisitor) -> None:
    """G5: no control that cannot work; named in the address all the same, it is left out with the reason."""
    body = {"organization_id": CLINIC, "functions": ["clinical.view"]}
    own = waiting.api(subject=MEG).post("/api/access/v1/me/access-requests", json=body).json()["request_id"]
    meg.open("/manage")
    assert "Choose Meg Manager" not in meg.text and "Approve 4 requests as asked" in meg.text
    meg.open(f"/manage/approve?request={own}")
    assert "Nobody decides their own request" in meg.text and "Approve 1 request" not in meg.text
    for field in meg._page.xpath("//input[@name='mark']"):
        field.set("value", f"{own}.1")
    meg.open("/manage")
    meg.follow("Approve 4 requests as asked")
    for field in meg._page.xpath("//input[@name='mark']"):
        field.set("value", f"{own}.1")
    meg.press("Approve 4 requests")
    assert "0 requests approved" in meg.text


def test_what_the_organization_may_not_hold_is_named_and_left(world: World) -> None:
    """A request for a contracted-only function is decided on its own page."""
    world.seed(clinic(manager(), contracted=False))
    told = asks(functions=["demographics.update", "claims.submit"])
    world.tell("user.registered", "registration", "app_1", **told)
    meg = world.browser(MEG)
    meg.open("/manage")
    request_id = world.published("approval.required")[0].data["approval_id"]
    meg.open(f"/manage/approve?request={request_id}")
    assert "Some of these functions are only for organizations with a contract." in meg.text
    assert world.published("approval.decided") == []


def test_nothing_chosen_is_said(waiting: World, meg: PageVisitor) -> None:
    """The same page again, with the fault at its top."""
    meg.press("Approve the chosen ones")
    assert meg.answer.status_code == 422
    assert "There is a problem" in meg.text and "Choose at least one request" in meg.text


def test_foreign_requests_are_never_shown_or_decided(waiting: World) -> None:
    """Threat 32: ids of the clinic in the hands of another practice's manager name nothing."""
    waiting.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    ids = [event.subject for event in waiting.published("approval.required")]
    bo = waiting.browser("acc_bo", name="Bo Boss")
    bo.open(f"/manage/approve?request={ids[0]}")
    assert bo.answer.status_code == 422 and "Ann" not in bo.text
    bo.open(f"/manage/approved?request={ids[0]}")
    assert "Ann" not in bo.text
    waiting.tell("user.registered", "registration", "app_o", **asks("acc_own", "app_o", organization_id=OTHER))
    bo.open(f"/manage/approve?request={waiting.published('approval.required')[-1].subject}")
    for field in bo._page.xpath("//input[@name='mark']"):
        field.set("value", f"{ids[0]}.1")
    bo.press("Approve 1 request")
    assert waiting.published("approval.decided") == []


@pytest.mark.parametrize("mark", ["", "apr_1", ".1", "apr_1.x", "apr_1.-1", "apr_1.99999999999999999999"])
def test_a_bent_form_approves_nothing(waiting: World, meg: PageVisitor, mark: str) -> None:
    """What the page did not write is not understood."""
    meg.follow("Approve 4 requests as asked")
    for field in meg._page.xpath("//input[@name='mark']"):
        field.set("value", mark)
    meg.press("Approve 4 requests")
    assert waiting.published("approval.decided") == []
    assert meg.answer.status_code in (200, 422)


def test_the_tabs_lead_to_what_else_waits(meg: PageVisitor) -> None:
    """Requests, invitations, reviews: three links, the present one marked."""
    assert meg.leads_to("Invitations").endswith("/manage/invitations")
    assert meg.leads_to("Reviews").endswith("/manage/reviews")


def test_an_empty_inbox_names_the_last_decision(waiting: World, meg: PageVisitor) -> None:
    """And where to go from there."""
    meg.follow("Approve 4 requests as asked")
    meg.press("Approve 4 requests")
    meg.open("/manage")
    assert "No requests wait for a decision." in meg.text
    assert "The last decision was on Monday, November 23, 2026" in meg.text


def test_an_operator_sees_and_decides_on_the_command_line(waiting: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's way: what waits, one approved, one denied, and nothing twice."""
    monkeypatch.setattr("access_manager.inbox.commands.open_context", lambda _place: at_the_shell(waiting))
    found = json.loads(command("list", CLINIC, "--json").output)
    assert [each["name"] for each in found] == [*PEOPLE.values(), "Sam Staff"]
    assert [each["kind"] for each in found] == ["join", "join", "join", "more"]
    ids = [each["request_id"] for each in found]
    assert json.loads(command("approve", CLINIC, ids[3], "--json").output)[0]["outcome"] == "approved"
    assert command("deny", CLINIC, ids[0], "--reason", "training_first").exit_code == 1
    assert command("deny", CLINIC, ids[0], "--reason", "unknown_person").exit_code == 0
    assert command("approve", CLINIC, ids[0]).exit_code == 1
    assert command("list", "org_none").exit_code == 1
    assert waiting.published("approval.decided")[0].data["outcome"] == "denied"
    meg = waiting.browser(MEG)
    meg.open("/manage/history")
    assert "The support desk gave Sam Staff what they had asked for" in meg.text


def command(*words: str) -> Result:
    """Run `access-manager requests …`."""
    return CliRunner().invoke(cli.program(SERVICE), ["requests", *words])


def test_the_tabs_say_how_much_waits(world: World) -> None:
    """Requests, and people of an open review; a deputy for people is not led to pages that are closed to them."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member(), member("acc_dee", "Dee Deputy")))
    world.tell("user.registered", "registration", "app_1", **asks())
    base = f"/api/access/v1/organizations/{CLINIC}"
    later = (world.clock.now() + timedelta(days=14)).isoformat()
    assert world.api(subject=MEG).post(f"{base}/reviews", json={"due_at": later}).status_code == 201
    members = world.api().get(f"{base}/members", params={"text": "Dee"}).json()["members"]
    named = {"membership_id": members[0]["membership_id"], "scopes": ["people"], "ends_at": later}
    assert world.api(subject=MEG).post(f"{base}/deputies", json=named).status_code == 201
    meg = world.browser(MEG)
    meg.open("/manage")
    assert "Requests (1)" in meg.text and "Reviews due (4)" in meg.text
    dee = world.browser("acc_dee", name="Dee Deputy")
    dee.open("/manage/invitations")
    assert not [link for link in dee.links() if link.endswith("/manage/reviews")]
