"""What is left lying is cleared away: drafts, codes."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from registration import housekeeping
from registration.applications import service
from registration.contacts.hasher import ContactHasher
from tests.service.registration.house import House
from tests.service.registration.listing import add, at_the_list, to_the_check


def test_a_forgotten_draft_is_deleted(house: House) -> None:
    """After a day without a touch the answers are gone; one that was touched stays."""
    house.apply()
    house.wait(timedelta(hours=23))
    fresh = house.visitor()
    fresh.open("/register")
    fresh.press("Start")
    assert housekeeping.clear_drafts(house.context) == 0
    house.wait(timedelta(hours=2))
    assert housekeeping.clear_drafts(house.context) == 1
    assert [row.display_name for row in house.rows("SELECT display_name FROM applications")] == [None]


def test_a_draft_with_an_account_expires_and_is_kept(house: House) -> None:
    """Identity knows the account: history keeps that an application came so far."""
    person = house.apply()
    person.press("Choose user ID and password")
    house.wait(timedelta(days=32))
    assert housekeeping.clear_drafts(house.context) == 1
    (row,) = house.rows("SELECT state, draft_key FROM applications")
    assert tuple(row) == ("expired", None)
    assert "application.expired" in house.audited()
    (event,) = house.published("application.expired")
    assert event["data"]["account_id"] == "acc_1"
    person.open("/register/check")
    assert "Ask for access" in person.text


def test_an_expired_draft_keeps_no_list_of_organizations(house: House) -> None:
    """M18: the TINs of the others were needed for handing in only."""
    person = at_the_list(house)
    add(person, "Lakeside Dental", "12-3456780")
    to_the_check(house, person)
    person.press("Choose user ID and password")
    assert len(house.rows("SELECT id FROM draft_organizations")) == 1
    house.wait(timedelta(days=32))
    assert housekeeping.clear_drafts(house.context) == 1
    assert house.rows("SELECT id FROM draft_organizations") == []


def test_a_draft_that_was_handed_in_waits_as_long_as_its_link_works(house: House) -> None:
    """Whoever chooses user ID and password days later has handed in: no account is left without its application."""
    person = house.apply()
    person.press("Choose user ID and password")
    (row,) = house.rows("SELECT id, account_id FROM applications")
    house.wait(timedelta(days=30))
    assert housekeeping.clear_drafts(house.context) == 0
    data = {"account_id": row.account_id, "reference": row.id, "population": "provider", "status": "pending"}
    house.hear("identity", "account.opened", row.account_id, 2, **data)
    assert house.rows("SELECT state FROM applications")[0].state == "vetting"


def test_submitted_applications_are_never_cleared(house: House) -> None:
    """Housekeeping is for drafts only."""
    house.submit(house.apply())
    house.wait(timedelta(days=400))
    assert housekeeping.clear_drafts(house.context) == 0


def test_an_overdue_case_is_told_to_its_applicant_once(house: House) -> None:
    """The desk is late: the desk's own announcement, and one mail that says whom to call."""
    house.submit(house.apply())
    house.wait(timedelta(days=16))
    assert housekeeping.announce_overdue(house.context) == 1
    assert housekeeping.announce_overdue(house.context) == 0
    assert len(house.published("vetting.overdue")) == 1
    assert sum("has passed" in mail for mail in house.messages("casey@practice.example")) == 1


def test_old_codes_are_forgotten(house: House) -> None:
    """A day after the last send nothing is left of a proof round."""
    house.apply()
    assert housekeeping.forget_codes(house.context) == 0
    house.wait(timedelta(days=1, minutes=1))
    assert housekeeping.forget_codes(house.context) == 2
    assert house.rows("SELECT id FROM proof_codes") == []


def test_one_request_that_cannot_be_passed_on_holds_up_no_other(house: House) -> None:
    """The worker's way: what fails is logged each time, and whoever comes after it is not kept waiting for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("registration.submission.later.service.route", lambda *_args: False)
        stuck = house.submit(house.apply(tin=None))
        house.wait(timedelta(seconds=1))
        house.submit(house.apply(tin=None, email="other@practice.example", mobile="202 555 0144"))
    with house.context.transaction() as work:  # as an older release let it in: no event may carry this name
        spoil = text("UPDATE applications SET organization_name = '123456789' WHERE id = :id")
        work.session.execute(spoil, {"id": stuck})
    assert [housekeeping.route_waiting(house.context) for _ in range(2)] == [1, 0]
    found = house.rows("SELECT state FROM applications ORDER BY submitted_at")
    assert [row.state for row in found] == ["submitted", "vetting"]


def test_a_flood_of_drafts_is_gone_with_the_next_hour(house: House) -> None:
    """Threat 57: whoever opens drafts by the thousand has none of them kept longer than was said."""
    with house.context.transaction() as work:
        for _ in range(410):
            service.begin(work, house.context.part(ContactHasher), "en")
    house.wait(timedelta(hours=25))
    assert housekeeping.clear_drafts(house.context) == 410
    assert house.rows("SELECT id FROM applications") == []
