"""What an applicant is told while they wait: who decides, by when, what to do if it is late; by page and by mail."""

from itertools import pairwise

import pytest

from tests.service.registration.house import House, Visitor
from tests.service.registration.news import EMAIL, at_status, decided, managed

LIST = "12-3456781\n12-3456783, Second Practice\n12-3456785"
PROMISE = (
    "Who decides: An access manager of your organization, or our support desk where there is none",
    "By when: Monday, December 7, 2026 at 5:00 p.m. Eastern",
    "If you hear nothing by then, call the support desk at 1-800-555-0100 and read out your application number.",
    "Monday to Friday, 8:00 a.m. to 5:00 p.m. Eastern.",
)


def one_mail(house: House, words: str) -> str:
    """The only mail with these words in it."""
    (mail,) = [each for each in house.messages(EMAIL) if words in each]
    return mail.replace("\N{NO-BREAK SPACE}", " ")


def four(house: House) -> Visitor:
    """An application for four organizations, two of which got the name of the first, up to the last question."""
    person = house.apply()
    person.open("/register/organizations/paste")
    person.fill("TINs, one on each line", LIST)
    person.press("Continue")
    person.open("/register/check")
    return person


@pytest.mark.parametrize("managers", [0, 2])
def test_the_first_mail_says_who_decides_by_when_and_what_if_late(house: House, managers: int) -> None:
    """A mail says what to do by itself; nothing in it tells whether there is a manager (M19)."""
    if managers:
        managed(house, managers)
    house.submit(house.apply())
    mail = one_mail(house, "We have your application for Harbor Family Practice.")
    for words in PROMISE:
        assert words in mail
    assert "Casey" not in mail


def test_without_a_tin_the_desk_decides(house: House) -> None:
    """The mail names the same role as the page."""
    house.submit(house.apply(tin=None))
    assert "Who decides: Our support desk\n" in one_mail(house, "We have your application")


def test_every_mail_names_the_organization(house: House) -> None:
    """Somebody with fifty requests learns which one it is about."""
    managed(house)
    application_id = house.submit(house.apply())
    decided(house, application_id, house.street.account_of(application_id))
    mail = one_mail(house, "was approved")
    assert "for Harbor Family Practice was approved" in mail


def test_the_last_page_says_who_decides_and_by_when(house: House) -> None:
    """Nobody has to sign in again to learn the day."""
    person = house.apply()
    house.submit(person)
    assert "An access manager of your organization, or our support desk where there is none" in person.text
    assert "Monday, December 7, 2026 at 5:00 p.m. Eastern" in person.text


def test_many_are_told_apart_and_stand_in_the_order_they_were_asked(house: House) -> None:
    """Of one name they differ in the last digits of their TINs: on the last page, on the status page, alike."""
    person = four(house)
    application_id = house.submit(person)
    status = at_status(house, house.street.account_of(application_id))
    for page in (person, status):
        places = [page.text.index(f"•••••{last4}") for last4 in ("6789", "6781", "6783", "6785")]
        assert all(one < other for one, other in pairwise(places)), page.text
    assert status.text.count("What happens next") == 1
    assert "3456781" not in status.answer.text


def test_what_was_decided_stands_before_what_waits(house: House) -> None:
    """Who comes from the mail about a decision reads it without looking for it among fifty."""
    application_id = house.submit(four(house))
    account_id = house.street.account_of(application_id)
    (row,) = house.rows("SELECT id FROM applications WHERE organization_name = 'Second Practice'")
    decided(house, row.id, account_id, "denied")
    text = at_status(house, account_id).text
    assert text.index("Casey left us in May.") < text.index("What happens next")
    assert text.count("Withdraw this application") == 3


def test_withdrawing_names_the_organization(house: House) -> None:
    """The second question says what is withdrawn, by name."""
    application_id = house.submit(four(house))
    person = at_status(house, house.street.account_of(application_id))
    person.open(f"/register/status/{application_id}/withdraw")
    assert "for Harbor Family Practice: nobody will decide about it" in person.text
    person.press("Withdraw application")
    assert "for Harbor Family Practice is withdrawn, as you asked" in one_mail(house, "is withdrawn")


def test_evidence_says_which_organization_it_proves(house: House) -> None:
    """On each of its pages: the name alone may be that of many."""
    application_id = house.submit(four(house))
    person = at_status(house, house.street.account_of(application_id))
    for way in ("", "/claim", "/payment", "/letter"):
        person.open(f"/register/status/{application_id}/evidence{way}")
        assert "Harbor Family Practice •••••6789" in person.text, way
