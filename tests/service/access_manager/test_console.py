"""The console as a manager uses it: a browser without scripts, signed in through identity's dance."""

from datetime import timedelta

import pytest

from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with two managers and a member, one request open."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    world.tell("user.registered", "registration", "app_1", **asks())
    return world


@pytest.fixture
def meg(staffed: World) -> PageVisitor:
    """Meg at the inbox."""
    visitor = staffed.browser(MEG)
    visitor.open("/manage")
    return visitor


def link_in_mail(world: World) -> str:
    """Return the link of the mail to Meg."""
    [body] = [mail.body for mail in world.mails() if mail.recipient == "acc_meg@lakeside.example"]
    return next(word for word in str(body).split() if "/manage/requests/" in word)


def test_the_mails_link_leads_through_sign_in_to_that_very_request(staffed: World) -> None:
    """Opening changes nothing, however often a scanner does it; the page shows who asks for what."""
    visitor = staffed.browser(MEG)
    for _ in range(3):
        visitor.open(link_in_mail(staffed))
    assert "Pat Partner" in visitor.text and "pat@lakeside.example" in visitor.text
    assert "Send claims" in visitor.text
    assert staffed.identity.asked[0]["acr_values"] == "urn:gatehouse:acr:2"
    assert staffed.published("approval.decided") == []


def test_a_manager_approves_with_other_functions(staffed: World, meg: PageVisitor) -> None:
    """Ticked tasks are what was asked; the manager changes them and decides; the page then says what was done."""
    meg.follow("Pat Partner")
    meg.untick("Send claims")
    meg.choose("See remittances")
    meg.press("Approve access")
    assert "Approved with other tasks" in meg.text and "You decided on" in meg.text
    [decided] = staffed.published("approval.decided")
    assert decided.data["functions"] == ["claims.status.view", "remittance.view"]
    meg.follow("See who has access")
    assert "Pat Partner" in meg.text


def test_a_denial_needs_a_reason_on_the_page_too(staffed: World, meg: PageVisitor) -> None:
    """The fault is named and linked, what was typed stays; then the reason counts."""
    meg.follow("With changes Pat Partner")
    meg.fill("In your words", "Ask in spring")
    meg.press("Deny request")
    assert meg.answer.status_code == 422
    assert "There is a problem" in meg.text and "Choose a reason" in meg.text
    assert "Ask in spring" in meg.text
    meg.choose("This person’s work does not need access")
    meg.press("Deny request")
    assert "Denied" in meg.text
    assert staffed.published("approval.decided")[0].data["reason"].endswith("Ask in spring")  # type: ignore[attr-defined]


def test_nothing_ticked_is_not_an_approval(staffed: World, meg: PageVisitor) -> None:
    """An approval without a task would be a denial without a reason."""
    meg.follow("Pat Partner")
    meg.untick("See patient claims")
    meg.untick("Send claims")
    meg.press("Approve access")
    assert "Choose at least one task, or deny the request" in meg.text
    assert staffed.published("approval.decided") == []


def test_a_profile_ticks_the_tasks_of_a_usual_job(meg: PageVisitor) -> None:
    """A link, no script; nothing is decided by it."""
    meg.follow("Pat Partner")
    meg.follow("Clinician")
    meg.press("Approve access")
    assert "See clinical records" in meg.text


def test_the_second_manager_sees_who_was_first(staffed: World, meg: PageVisitor) -> None:
    """Not an error: who decided what, and when."""
    meg.follow("Pat Partner")
    max_there = staffed.browser("acc_max", name="Max Manager")
    max_there.open(link_in_mail(staffed))
    max_there.press("Approve access")
    meg.press("Approve access")
    assert meg.answer.status_code == 409
    assert "Somebody decided before you: Approved" in meg.text
    assert "Max Manager decided on Monday, November 23, 2026 at 10:00 a.m. Eastern." in meg.text
    assert len(staffed.published("approval.decided")) == 1


def test_a_decision_needs_a_sign_in_of_the_last_hour(staffed: World, meg: PageVisitor) -> None:
    """Later, the person proves again who they are, comes back to the request, and decides there."""
    meg.follow("Pat Partner")
    for _ in range(4):
        staffed.clock.advance(timedelta(minutes=20))
        meg.open(meg.address)
    meg.press("Approve access")
    assert staffed.identity.asked[-1]["max_age"] == "3600"
    assert staffed.published("approval.decided") == []
    assert "Pat Partner" in meg.text
    meg.press("Approve access")
    assert len(staffed.published("approval.decided")) == 1


def test_the_inbox_says_so_when_nothing_waits(world: World) -> None:
    """An empty list names the last decision and where to go."""
    world.seed(clinic(manager()))
    visitor = world.browser(MEG)
    visitor.open("/manage")
    assert "No requests wait for a decision." in visitor.text


def test_tasks_are_changed_with_an_end_date(staffed: World, meg: PageVisitor) -> None:
    """Plain tasks, a last day in Eastern time, effective at once, and told back."""
    meg.follow("People")
    meg.follow("Sam Staff")
    meg.untick("See precertification requests")
    meg.fill("Last day of access", "2026-12-31")
    meg.press("Save access")
    assert "The change is in effect now." in meg.text
    changed = staffed.published("membership.changed")[-1].data
    assert changed["ends_at"] == "2027-01-01T05:00:00Z"
    assert "precert.view" not in changed["functions"]  # type: ignore[operator]
    meg.press("Save access")
    assert staffed.published("membership.changed")[-1].data["ends_at"] == "2027-01-01T05:00:00Z"


@pytest.mark.parametrize("day", ["2026-11-22", "tomorrow", "9999-12-31", "2026-02-30"])
def test_an_end_date_must_be_a_day_to_come(staffed: World, meg: PageVisitor, day: str) -> None:
    """Past, impossible or endless: named at the field, nothing changed."""
    before = len(staffed.published())
    meg.follow("People")
    meg.follow("Sam Staff")
    meg.fill("Last day of access", day)
    meg.press("Save access")
    assert meg.answer.status_code == 422
    assert "end date" in meg.text or "Enter the day as year, month and day" in meg.text
    assert len(staffed.published()) == before


def test_a_page_grown_old_does_not_overwrite(staffed: World, meg: PageVisitor) -> None:
    """Somebody else changed the person meanwhile: told, nothing lost."""
    meg.follow("People")
    meg.follow("Sam Staff")
    other = staffed.browser("acc_max", name="Max Manager")
    other.open(meg.address)
    other.choose("Send claims")
    other.press("Save access")
    meg.press("Save access")
    assert meg.answer.status_code == 412
    assert "Somebody changed this person’s access meanwhile" in meg.text
    assert "claims.submit" in staffed.published("membership.changed")[-1].data["functions"]  # type: ignore[operator]


def test_removal_asks_first_and_keeps_the_reason(staffed: World, meg: PageVisitor) -> None:
    """A page of its own, a reason, then gone; the history says who and why."""
    meg.follow("People")
    meg.follow("Sam Staff")
    meg.follow("Remove access")
    meg.press("Remove access now")
    assert "Choose a reason" in meg.text
    meg.choose("No longer works here")
    meg.press("Remove access now")
    assert "Access removed" in meg.text
    meg.follow("History")
    assert "Meg Manager removed the access of Sam Staff" in meg.text
    assert "Reason: No longer works here" in meg.text


def test_one_of_two_managers_steps_down(staffed: World, meg: PageVisitor) -> None:
    """It asks first; who steps down is led to their own access, and can no longer open these pages."""
    meg.follow("Managers")
    meg.follow("Step down")
    meg.press("Step down")
    assert staffed.published("manager.changed")[-1].data["count"] == 1
    assert "You are no longer an access manager" in meg.text and meg.answer.status_code == 200
    meg.open("/manage/managers")
    assert meg.answer.status_code == 403
    assert "These pages are for access managers." in meg.text


def test_a_sole_manager_is_told_to_name_another_first(world: World) -> None:
    """No button that cannot work, and the same word when it is tried all the same."""
    world.seed(clinic(manager(), member()))
    meg = world.browser(MEG)
    meg.open("/manage/managers")
    assert "Only one access manager" in meg.text
    meg.follow("Step down")
    assert "You are the only access manager" in meg.text
    assert world.published("manager.changed")[-1].data["count"] == 1


def test_several_organizations_one_at_a_time(world: World) -> None:
    """The choice is asked first, kept with the session, and nothing of another organization shows."""
    world.seed(clinic(manager(), member()), clinic(manager(), manager("acc_bo", "Bo Boss"), id=OTHER))
    meg = world.browser(MEG)
    meg.open("/manage/people")
    assert "Choose an organization" in meg.text
    meg.press("Choose Harbor Dental")
    meg.follow("People")
    assert "Bo Boss" in meg.text and "Sam Staff" not in meg.text
    members = world.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    sam = next(each["membership_id"] for each in members if each["account_id"] == SAM)
    meg.open(f"/manage/people/{sam}")
    assert meg.answer.status_code == 404


def test_a_foreign_organization_cannot_be_chosen(world: World) -> None:
    """A forged choice is 404 and chooses nothing."""
    world.seed(clinic(manager()), clinic(manager("acc_bo", "Bo Boss"), manager("acc_multi", "Mo"), id=OTHER))
    world.seed(clinic(manager("acc_multi", "Mo")))
    mo = world.browser("acc_multi", name="Mo")
    mo.open("/manage/organizations")
    for field in mo._page.xpath("//input[@name='organization']"):
        field.set("value", "org_foreign")
    mo.press("Choose Harbor Dental")
    assert mo.answer.status_code == 404


@pytest.mark.parametrize("account", [SAM, "acc_bo", "acc_stranger"])
def test_who_does_not_manage_sees_nothing(staffed: World, account: str) -> None:
    """A member, a manager of another practice, a stranger: no page of the clinic, not even that the request exists."""
    staffed.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    link = link_in_mail(staffed)
    visitor = staffed.browser(account, name="Somebody")
    visitor.open(link)
    assert visitor.answer.status_code == 404
    assert "Pat" not in visitor.text


def test_another_portals_account_is_shown_the_way_out(staffed: World) -> None:
    """A member's or staff account is not for these pages."""
    visitor = staffed.browser("acc_staff", population="staff")
    visitor.open("/manage")
    assert visitor.answer.status_code == 403


def test_the_console_speaks_spanish(staffed: World) -> None:
    """Every word of the page, tasks included."""
    visitor = staffed.browser(MEG, language="es")
    visitor.open("/manage")
    assert "1 persona espera una decisión" in visitor.text
    visitor.follow("Pat Partner")
    assert "Enviar reclamaciones" in visitor.text and "Aprobar el acceso" in visitor.text


def test_the_session_ends_with_identitys(staffed: World, meg: PageVisitor) -> None:
    """Signed out there, signed out here: the next request asks again."""
    before = len(staffed.identity.asked)
    ended = {"session_id": f"sid_{MEG}", "account_id": MEG, "reason": "signed_out", "ended_at": MONDAY}
    staffed.tell("session.ended", "identity", f"sid_{MEG}", **ended)
    meg.open("/manage")
    assert len(staffed.identity.asked) == before + 1
