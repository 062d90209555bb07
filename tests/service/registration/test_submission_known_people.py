"""Somebody who has an account already gets no second one, and nobody else learns that they have it (F11)."""

from datetime import timedelta

import pytest

from registration import housekeeping
from registration.applications.models import Application
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import at_status, decided, managed, opened, submitted

OTHER_TIN = "12-3456780"


def second(house: House, **answers: str) -> Visitor:
    """The same person applies again from another browser, for another organization, up to "check your answers"."""
    return house.apply(tin=OTHER_TIN, organization="Lakeside Dental", **answers)


def hand_in(person: Visitor) -> None:
    """Press what everybody presses on the check page."""
    person.press("Choose user ID and password")


def states(house: House) -> list[str]:
    """Where every application stands, oldest first."""
    return [row.state for row in house.rows("SELECT state FROM applications ORDER BY created_at, id")]


def test_the_same_person_is_led_to_the_account_they_have(house: House) -> None:
    """F11: Same e-mail and mobile, both proved again: sign in, hand in, one account with two applications."""
    _application, account_id = submitted(house)
    person = second(house)
    hand_in(person)
    assert "You have an account already" in person.text
    assert len(house.street.accounts) == 1
    house.sign_in(account_id, "Casey Coordinator")
    person.follow("Sign in and hand in")
    person.press("Hand in")
    assert "Your applications" in person.text
    assert person.text.count("Withdraw this application") == 2
    assert {row.account_id for row in house.rows("SELECT account_id FROM applications")} == {account_id}
    assert len(house.published("user.registered")) == 2
    assert len(house.street.accounts) == 1


def test_the_mail_address_may_be_written_otherwise(house: House) -> None:
    """Capital letters make nobody another person."""
    submitted(house)
    person = second(house, email="Casey@practice.example")
    hand_in(person)
    assert "You have an account already" in person.text


@pytest.mark.parametrize(
    "answers",
    [{"email": "someone.else@practice.example"}, {"mobile": "202 555 0199"}],
    ids=["same mobile only", "same mail only"],
)
def test_half_a_match_is_no_match(house: House, answers: dict[str, str]) -> None:
    """A shared office telephone, a shared mailbox: that is somebody else until both are the same."""
    submitted(house)
    person = second(house, **answers)
    hand_in(person)
    assert "Choose user ID" in person.text
    assert len(house.street.accounts) == 2


def test_until_both_contacts_are_proved_nothing_tells_that_somebody_is_known(house: House) -> None:
    """Threat 26: every page up to the last code is the same for a known person's contacts and for new ones."""
    submitted(house)

    def pages(email: str, mobile: str) -> list[str]:
        person = house.visitor()
        person.open("/register")
        person.press("Start")
        person.choose("Representative")
        person.press("Continue")
        house.answer_organization(person, OTHER_TIN, "Lakeside Dental")
        person.fill("Full name", "Casey Coordinator")
        person.fill("E-mail address", email)
        person.fill("Mobile number", mobile)
        person.press("Continue")
        seen = [person.text]
        person.fill("6-digit code", house.code(email))
        person.press("Continue")
        return [*seen, person.text]

    known, new = pages("casey@practice.example", "202 555 0143"), pages("robin@practice.example", "202 555 0143")
    assert [each.replace("robin", "casey").replace("r•", "c•") for each in new] == known


def test_a_guessed_address_of_the_page_tells_nothing(house: House) -> None:
    """Neither the page nor its question answers a browser whose draft has proved nothing."""
    submitted(house)
    stranger = house.visitor()
    stranger.open("/register")
    stranger.press("Start")
    (row,) = house.rows("SELECT id FROM applications WHERE state = 'draft'")
    for address in (f"/register/{row.id}/again", "/register/app_nobody/again"):
        stranger.open(address)
        assert "account already" not in stranger.text


def test_only_the_owner_of_the_account_takes_the_application_in(house: House) -> None:
    """Signed in as somebody else, at the browser of the draft: refused with a sentence, and by the POST too."""
    submitted(house)
    person = second(house)
    hand_in(person)
    house.sign_in("acc_stranger", "Stranger")
    person.follow("Sign in and hand in")
    assert person.answer.status_code == 403
    assert "This is another account" in person.text
    (row,) = house.rows("SELECT id FROM applications WHERE state = 'contact_proved'")
    person.open("/register")
    assert person.post(f"/register/{row.id}/attach", {}).status_code == 404
    assert states(house)[-1] == "contact_proved"


def test_the_owner_at_another_browser_finds_no_draft(house: House) -> None:
    """The draft belongs to the browser that filled it in: its address alone opens nothing."""
    _application, account_id = submitted(house)
    hand_in(second(house))
    (row,) = house.rows("SELECT id FROM applications WHERE state = 'contact_proved'")
    house.sign_in(account_id, "Casey Coordinator")
    elsewhere = house.visitor()
    elsewhere.open(f"/register/{row.id}/attach")
    assert elsewhere.address.endswith("/register/status")
    assert states(house)[-1] == "contact_proved"


def test_handing_in_twice_hands_in_once(house: House) -> None:
    """A double click, a reload: one submission."""
    _application, account_id = submitted(house)
    person = second(house)
    hand_in(person)
    house.sign_in(account_id, "Casey Coordinator")
    person.follow("Sign in and hand in")
    address = person.address.removeprefix("http://localhost:8000")
    assert person.post(address, {}).status_code == 303
    person.post(address, {})
    assert len(house.published("user.registered")) == 2


def test_a_closed_account_does_not_stand_in_the_way(house: House) -> None:
    """Who closed the old account may have a new one."""
    application_id, _account = submitted(house)
    house.street.accounts[application_id]["status"] = "closed"
    person = second(house)
    hand_in(person)
    assert "Choose user ID" in person.text
    assert len(house.street.accounts) == 2


def test_after_a_denial_everything_known_is_filled_in(house: House) -> None:
    """F9, WCAG 3.3.7: apply again leads straight to the check page; no question, no code; both stay in the history."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id, "denied")
    sent = len(house.messages("casey@practice.example"))
    person = at_status(house, account_id)
    person.press("Apply again")
    assert person.address.endswith("/register/check")
    for known in ("Representative", "Harbor Family Practice", "Casey Coordinator", "casey@practice.example"):
        assert known in person.text
    assert "6789" in person.text and "123456789" not in person.answer.text
    assert len(house.messages("casey@practice.example")) == sent
    hand_in(person)
    person.follow("Sign in and hand in")
    person.press("Hand in")
    assert states(house) == ["denied", "submitted"]
    assert "Earlier applications" in person.text
    assert "Not approved" in person.text
    assert len(house.street.accounts) == 1


def test_other_contacts_do_not_make_another_account(house: House) -> None:
    """Who began signed in stays who they are, also with a new e-mail address, which is proved first."""
    managed(house)
    application_id, account_id = submitted(house)
    decided(house, application_id, account_id, "denied")
    person = at_status(house, account_id)
    person.press("Apply again")
    person.open("/register/contact")
    person.fill("Full name", "Casey Coordinator")
    person.fill("E-mail address", "casey@new.example")
    person.fill("Mobile number", "202 555 0143")
    person.press("Continue")
    person.fill("6-digit code", house.code("casey@new.example"))
    person.press("Continue")
    person.open("/register/check")
    hand_in(person)
    assert "You have an account already" in person.text
    assert len(house.street.accounts) == 1


def test_nobody_applies_again_with_the_answers_of_another(house: House) -> None:
    """Somebody else's application is not there, and one that still waits is not begun again."""
    application_id, account_id = submitted(house)
    mine = at_status(house, account_id)
    mine.open(f"/register/status/{application_id}/withdraw")
    assert mine.post(f"/register/status/{application_id}/again", {}).status_code == 303
    assert states(house) == ["vetting"]
    house.sign_in("acc_stranger", "Stranger")
    other = house.visitor()
    other.open("/register/status")
    other.open("/register")
    assert other.post(f"/register/status/{application_id}/again", {}).status_code == 404
    assert states(house) == ["vetting"]


def test_answers_kept_for_applying_again_are_cleared_like_any_draft(house: House) -> None:
    """A day later the copy is gone; what was decided stays."""
    application_id, account_id = submitted(house)
    person = at_status(house, account_id)
    person.follow("Withdraw this application")
    person.press("Withdraw application")
    person.press("Apply again")
    house.wait(timedelta(hours=25))
    with house.context.reading() as session:
        assert session.get(Application, application_id) is not None
    assert states(house) == ["withdrawn", "contact_proved"]


def handed_in_twice(house: House) -> tuple[Visitor, Visitor]:
    """One person at two browsers, with a draft each, who presses the button at both before choosing a password."""
    first, other = house.apply(), second(house)
    hand_in(first)
    hand_in(other)
    assert "Create account" in first.answer.text and "Create account" in other.answer.text
    return first, other


def test_two_drafts_side_by_side_make_one_account(house: House) -> None:
    """F11: neither account is open yet, so nobody can be asked to sign in; both lead to the same one all the same."""
    first, other = handed_in_twice(house)
    assert len(house.street.accounts) == 1
    other.press("Create account")
    assert "Your application is in" in other.text
    first.open(f"/register/{next(iter(house.street.accounts))}/done")
    assert "Your application is in" in first.text
    found = house.rows("SELECT account_id, state FROM applications ORDER BY created_at, id")
    assert [tuple(row) for row in found] == [("acc_1", "vetting")] * 2
    assert len(house.published("user.registered")) == 2


def test_news_of_the_account_hands_in_every_draft_that_waits_for_it(house: House) -> None:
    """Identity knows the name of one of them; whoever opened the account has handed in both."""
    handed_in_twice(house)
    (application_id,) = house.street.accounts
    opened(house, application_id, "acc_1")
    assert states(house) == ["vetting", "vetting"]
    assert house.rows("SELECT * FROM applicants") == []
    opened(house, application_id, "acc_1")
    assert len(house.published("user.registered")) == 2


def test_a_draft_of_half_the_person_is_another_s(house: House) -> None:
    """Two people at one office telephone, at the same time: two accounts, and neither page tells of the other."""
    first, other = house.apply(), second(house, email="robin@practice.example")
    hand_in(first)
    hand_in(other)
    assert len(house.street.accounts) == 2
    assert first.text == other.text


def test_what_is_kept_of_two_drafts_is_a_keyed_hash(house: House) -> None:
    """M18's rule for contacts too: neither address nor number, and nothing once nobody can open the account."""
    hand_in(house.apply())
    ((key, reference, _at),) = house.rows("SELECT * FROM applicants")
    assert (len(key), reference) == (64, house.rows("SELECT id FROM applications")[0].id)
    house.wait(timedelta(days=32))
    housekeeping.clear_drafts(house.context)
    assert house.rows("SELECT * FROM applicants") == []


def test_identity_away_between_two_drafts_leaves_both_whole(house: House) -> None:
    """A fault after the name was claimed: the answers are kept, and the next try makes the one account."""
    first, other = house.apply(), second(house)
    house.street.away.add("identity")
    hand_in(first)
    assert first.answer.status_code == 503
    house.street.away.clear()
    hand_in(other)
    first.open("/register/check")
    hand_in(first)
    assert len(house.street.accounts) == 1
    assert {row.account_id for row in house.rows("SELECT account_id FROM applications")} == {"acc_1"}


def test_what_somebody_began_signed_in_is_not_the_next_person_s(house: House) -> None:
    """A5, threat 35: at a shared computer they sign out and leave the browser open; name and contacts stay theirs."""
    application_id, account_id = submitted(house)
    person = at_status(house, account_id)
    person.open(f"/register/status/{application_id}/withdraw")
    person.press("Withdraw")
    person.press("Apply again")
    assert "casey@practice.example" in person.text and person.address.endswith("/register/check")
    person.forget("gh_registration")
    for path in ("/register", "/register/check", "/register/contact", "/register/organization"):
        person.open(path)
        assert "Casey" not in person.text and "casey@" not in person.text and "6789" not in person.text, path
    house.sign_in("acc_other", "Somebody Else")
    person.open("/register/status")
    person.open("/register/check")
    assert "Casey" not in person.text and "Ask for access" in person.text
    house.sign_in(account_id, "Casey Coordinator")
    person.forget("gh_registration")
    person.open("/register/status")
    person.open("/register/check")
    assert "casey@practice.example" in person.text
