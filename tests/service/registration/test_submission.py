"""Submission: once, whoever calls first; the route; what decisions of others do; the status page; withdrawing."""

from datetime import timedelta

import pytest

from access_manager.approvals.flow import DENIAL_REASONS
from registration.applications.models import Application
from registration.submission import service
from registration.submission.reasons import told
from registration.words import words_of
from tests.service.registration.house import House
from tests.service.registration.news import EMAIL, at_status, decided, managed, opened, required, state, submitted


def test_return_page_and_event_submit_once(house: House) -> None:
    """The page first, then the event, the same event again, and the page again: one submission, one event, one mail."""
    application_id, account_id = submitted(house)
    body = opened(house, application_id, account_id)
    house.hear_again("identity", "account.opened", body)
    opened(house, application_id, account_id)
    assert len(house.published("user.registered")) == 1
    assert len(house.published("vetting.required")) == 1
    assert house.audited().count("application.submitted") == 1
    assert sum("We have your application" in mail for mail in house.messages(EMAIL)) == 1


def test_the_event_alone_submits_when_the_browser_never_returns(house: House) -> None:
    """Closing the tab after choosing a password loses nothing."""
    person = house.apply()
    person.press("Choose user ID and password")
    (row,) = house.rows("SELECT id, account_id FROM applications")
    opened(house, row.id, row.account_id)
    assert state(house) == "vetting"
    house.street.accounts[row.id]["status"] = "pending"
    person.open(f"/register/{row.id}/done")
    assert "Your application is in" in person.text
    assert len(house.published("user.registered")) == 1


def test_an_answer_of_identity_that_was_lost_does_not_stop_the_applicant(house: House) -> None:
    """Identity made the account, the answer never came, the applicant mended a name: the next try goes through."""
    person = house.apply()
    house.street.loses_answers = True
    person.press("Choose user ID and password")
    assert person.answer.status_code == 503
    house.street.loses_answers = False
    person.open("/register/contact")
    person.fill("Full name", "Casey C. Coordinator")
    person.press("Continue")
    person.press("Choose user ID and password")
    assert "Choose user ID" in person.text
    (row,) = house.rows("SELECT id FROM applications")
    assert house.street.accounts[row.id]["display_name"] == "Casey C. Coordinator"


def test_the_same_hand_in_is_the_same_call(house: House) -> None:
    """Pressing again after a lost answer repeats the request under its key, so that identity does it once."""
    person = house.apply()
    house.street.loses_answers = True
    person.press("Choose user ID and password")
    house.street.loses_answers = False
    person.open("/register/check")
    person.press("Choose user ID and password")
    assert len(house.street.keys) == 1


def test_coming_back_too_early_submits_nothing(house: House) -> None:
    """The return page asks identity whether the account is open; without it nothing is handed in."""
    person = house.apply()
    person.press("Choose user ID and password")
    (row,) = house.rows("SELECT id FROM applications")
    person.open(f"/register/{row.id}/done")
    assert "One step is left" in person.text
    assert state(house) == "contact_proved"
    assert house.published() == []


def test_identity_away_on_the_way_back(house: House) -> None:
    """The return page says that it takes longer, and looks again; the event finishes the work."""
    person = house.apply()
    person.press("Choose user ID and password")
    (row,) = house.rows("SELECT id, account_id FROM applications")
    house.street.away.add("identity")
    answer = person._http.get(f"/register/{row.id}/done")
    assert "We are handing in your application" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    opened(house, row.id, row.account_id)
    person.open(f"/register/{row.id}/done")
    assert "Your application is in" in person.text


def test_an_account_of_somebody_else_submits_nothing(house: House) -> None:
    """An event that names another account than the one made for the application is not for it."""
    person = house.apply()
    person.press("Choose user ID and password")
    (row,) = house.rows("SELECT id FROM applications")
    opened(house, row.id, "acc_other")
    opened(house, "inv_unknown", "acc_other")
    assert state(house) == "contact_proved"


def test_a_managed_tin_goes_to_its_managers(house: House) -> None:
    """The event says who decides and by when; no case is opened; the state follows access-manager."""
    managed(house)
    application_id, account_id = submitted(house)
    (event,) = house.published("user.registered")
    assert event["data"]["route"] == "managers"
    assert event["data"]["organization_id"] == "org_1"
    assert event["data"]["organization_name"] == "Harbor Family Practice"
    assert event["data"]["due_at"] == "2026-12-07T22:00:00Z"
    assert house.published("vetting.required") == []
    assert state(house) == "submitted"
    required(house, application_id, account_id)
    assert state(house) == "awaiting_manager"


def test_an_unmanaged_tin_goes_to_the_desk(house: House) -> None:
    """No manager: a case with a due date ten business days on, told in one event beside the registration."""
    managed(house, count=0)
    submitted(house)
    (event,) = house.published("vetting.required")
    assert event["data"]["due_at"] == "2026-12-07T22:00:00Z"
    assert house.published("user.registered")[0]["data"]["route"] == "vetting"
    assert state(house) == "vetting"


def test_older_news_about_managers_is_ignored(house: House) -> None:
    """Events out of order: the count of the newest version stands, whichever kind of event told it."""
    managed(house, count=2, sequence=7)
    organization = {"id": "org_1", "name": "Old name", "kind": "practice", "contracted": False, "tin_last4": "6789"}
    house.hear(
        "access-manager",
        "organization.changed",
        "org_1",
        2,
        organization=organization,
        manager_count=0,
        functions=[],
    )
    house.hear("access-manager", "manager.changed", "org_1", 6, organization_id="org_1", managers=[], count=0)
    submitted(house)
    assert house.published("user.registered")[0]["data"]["route"] == "managers"


@pytest.mark.parametrize("outcome", ["approved", "approved_with_changes"])
def test_a_manager_approves(house: House, outcome: str) -> None:
    """The decision reaches the status page and the mailbox, once."""
    managed(house)
    application_id, account_id = submitted(house)
    required(house, application_id, account_id)
    decided(house, application_id, account_id, outcome)
    decided(house, application_id, account_id, outcome)
    assert state(house) == "approved"
    assert "Your access is effective" in at_status(house, account_id).text
    assert sum("was approved" in mail for mail in house.messages(EMAIL)) == 1


def test_a_manager_denies_with_a_reason(house: House) -> None:
    """F9: The reason is read after signing in; applying again is offered."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id, "denied")
    person = at_status(house, account_id)
    assert "Casey left us in May." in person.text
    assert "Apply again" in person.text
    assert not any("Casey left us" in mail for mail in house.messages(EMAIL))


def test_a_decision_may_overtake_its_request(house: House) -> None:
    """approval.decided before approval.required: the decision stands."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id)
    required(house, application_id, account_id)
    assert state(house) == "approved"


def test_the_applicant_withdraws(house: House) -> None:
    """A second page asks; then the application and its case are closed, others are told once, nobody decides after."""
    application_id, account_id = submitted(house)
    person = at_status(house, account_id)
    person.follow("Withdraw this application")
    assert state(house) == "vetting"
    person.press("Withdraw application")
    assert "Withdrawn" in person.text
    (event,) = house.published("application.withdrawn")
    assert event["data"]["application_id"] == application_id
    assert event["sequence"] > house.published("user.registered")[0]["sequence"]
    assert house.rows("SELECT state FROM vetting_cases")[0].state == "withdrawn"
    decided(house, application_id, account_id)
    assert state(house) == "withdrawn"
    person.post(f"/register/status/{application_id}/withdraw", {})
    assert len(house.published("application.withdrawn")) == 1


def test_withdrawing_after_the_decision_changes_nothing(house: House) -> None:
    """Of a decision and a withdrawal the first one stands."""
    managed(house)
    application_id, account_id = submitted(house)
    person = at_status(house, account_id)
    person.follow("Withdraw this application")
    decided(house, application_id, account_id)
    person.press("Withdraw application")
    assert "Approved" in person.text
    assert house.published("application.withdrawn") == []


def test_nobody_withdraws_for_somebody_else(house: House) -> None:
    """Another person's application is not there."""
    application_id, account_id = submitted(house)
    stranger = at_status(house, "acc_stranger")
    stranger.open(f"/register/status/{application_id}/withdraw")
    assert stranger.answer.status_code == 404
    mine = at_status(house, account_id)
    mine.follow("Withdraw this application")
    house.sign_in("acc_stranger", "Stranger")
    other = house.visitor()
    other.open("/register/status")
    other.open("/register")
    assert other.post(f"/register/status/{application_id}/withdraw", {}).status_code == 404
    assert state(house) == "vetting"


def test_late_is_said(house: House) -> None:
    """Past the due date the page says so and whom to call."""
    _application_id, account_id = submitted(house)
    house.wait(timedelta(days=16))
    assert "This is late" in at_status(house, account_id).text


def test_applying_again_keeps_both(house: House) -> None:
    """After a denial a second application under the same account stands beside the first."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id, "denied")
    again = house.apply()
    again.press("Choose user ID and password")
    (row,) = house.rows("SELECT id FROM applications WHERE state = 'contact_proved'")
    with house.context.transaction() as work:
        assert service.submit(work, row.id, account_id)
    text = at_status(house, account_id).text
    assert "Waiting for a decision" in text
    assert "Earlier applications" in text
    assert "Not approved" in text


def test_staff_and_members_have_no_status_page(house: House) -> None:
    """The page is for providers."""
    person = house.visitor()
    house.sign_in("acc_staff", "Dana Desk", "staff", 2)
    person.open("/register/status")
    assert person.answer.status_code == 403


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("This person no longer works here", "Esta persona ya no trabaja aquí"),
        ("This person no longer works here. Since May.", "Esta persona ya no trabaja aquí. Since May."),
        ("Another reason. Llame a Pat.", "Llame a Pat."),
        ("Another reason", "No se anotó ningún motivo."),
        ("This person no longer works heretofore.", "This person no longer works heretofore."),
        (None, "No se anotó ningún motivo."),
    ],
)
def test_the_reason_of_a_manager_is_read_in_spanish(house: House, reason: str | None, said: str) -> None:
    """F9: what managers choose from is translated, what they wrote themselves is shown as they wrote it."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id, "denied", reason)
    person = house.visitor("es")
    house.sign_in(account_id, "Casey Coordinator")
    person.open("/register/status")
    assert said in person.text
    assert "Another reason" not in person.text


def test_every_reason_that_managers_choose_from_is_known_here() -> None:
    """Access-manager sends sentences: a new one would reach Spanish readers in English."""
    spanish = words_of("es")
    application = Application(reason_code="manager_denied")
    for key, sentence in DENIAL_REASONS.items():
        application.reason = sentence
        assert (told(application, spanish) == "") is (key == "other")
        assert told(application, spanish) != sentence
        assert told(application, words_of("en")) in (sentence, "")
