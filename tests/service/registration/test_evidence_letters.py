"""Letters with a key (F5): asked for, printed once by the desk, used once, dead after 60 days."""

import re
from datetime import timedelta

from registration import housekeeping
from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import managed
from tests.service.registration.test_evidence import NO_MATCH, applicant, verified

KEY = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
ADDRESS = "1 Harbor Way\nSuite 5\nAlbany, NY 12207"


def on_file(house: House, address: str = ADDRESS) -> None:
    """The payer's directory knows the office."""
    house.directory(Row("123456789", "Harbor Family Practice", "", True, True, address=address))


def asked(house: House, number: int = 43) -> tuple[Visitor, str]:
    """An applicant who asked for a letter."""
    person, application_id = applicant(house, number)
    person.open(f"/register/status/{application_id}/evidence/letter")
    person.press("Ask for a letter")
    assert "You asked for a letter" in person.text
    return person, application_id


def desk(house: House, name: str = "Dana Desk") -> Visitor:
    """An agent who looks at the letters."""
    agent = house.visitor()
    house.sign_in("acc_" + name.split()[0].lower(), name, "staff", 2)
    agent.open("/desk/letters")
    assert agent.answer.status_code == 200
    return agent


def printed(house: House) -> str:
    """The desk prints the one letter there is; return its key."""
    agent = desk(house)
    agent.follow("Harbor Family Practice")
    agent.press("Make the key and show the letter")
    return str(KEY.findall(agent.text)[0])


def enter(house: House, person: Visitor, application_id: str, key: str) -> str:
    """The applicant enters a key; return what the page says."""
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence/letter")
    person.fill("Key from the letter", key)
    person.press("Check this key")
    return person.text


def test_the_key_from_the_letter_proves_the_organization(house: House) -> None:
    """F5: asked for by the applicant, printed by the desk to the address on file, typed as people type."""
    on_file(house)
    person, application_id = asked(house)
    agent = desk(house)
    assert "To print" in agent.text
    agent.follow("Harbor Family Practice")
    assert "Suite 5" in agent.text
    agent.press("Make the key and show the letter")
    for part in (
        "1 Harbor Way Suite 5 Albany, NY 12207",
        "Casey Coordinator asks for access",
        "until Thursday, January 21",
    ):
        assert part in agent.text, agent.text
    key = KEY.findall(agent.text)[0]
    told = enter(
        house, person, application_id, f" {key.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    )
    assert "By the key from our letter" in told
    assert verified(house, application_id) == ["mailed_key"]


def test_a_key_is_shown_once_and_stored_as_a_hash(house: House) -> None:
    """M18, threat 43: no row, audit entry or later page holds it."""
    on_file(house)
    asked(house)
    key = printed(house)
    tables = [row.name for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    dump = "\n".join(str(tuple(row)) for name in tables for row in house.rows(f"SELECT * FROM {name}"))
    assert key not in dump
    assert key.replace("-", "") not in dump
    agent = desk(house)
    agent.follow("Harbor Family Practice")
    assert not KEY.findall(agent.text)
    assert "Dana Desk" in agent.text


def test_a_key_works_once_and_for_its_own_application(house: House) -> None:
    """Threat 30: used again it is as wrong as any other, and so it is at another's application."""
    on_file(house)
    person, application_id = asked(house, 43)
    key = printed(house)
    other, other_id = asked(house, 44)
    assert NO_MATCH in enter(house, other, other_id, key)
    assert "Your organization is proved" in enter(house, person, application_id, key)
    assert [row.state for row in house.rows("SELECT state FROM evidence_letters ORDER BY asked_at, id")] == [
        "used",
        "asked",
    ]


def test_a_mailed_key_dies_60_days_after_printing(house: House) -> None:
    """F5: good on the last second, worth nothing after it, whether or not the housekeeping came by."""
    on_file(house)
    person, application_id = asked(house)
    house.wait(timedelta(days=10))  # waiting to be printed does not shorten its life
    key = printed(house)
    house.wait(timedelta(days=60))
    assert NO_MATCH in enter(house, person, application_id, key)
    job = next(each for each in housekeeping.JOBS if each.name == "letters-housekeeping")
    assert job.run(house.context) == 1
    assert [tuple(row) for row in house.rows("SELECT state, key_hash FROM evidence_letters")] == [("expired", None)]
    house.wait(timedelta(days=400))
    assert job.run(house.context) == 1


def test_a_mailed_key_lives_to_its_last_second(house: House) -> None:
    """The other side of the boundary."""
    on_file(house)
    person, application_id = asked(house)
    key = printed(house)
    house.wait(timedelta(days=60) - timedelta(seconds=1))
    assert "Your organization is proved" in enter(house, person, application_id, key)


def test_wrong_keys_count_as_other_wrong_tries_do(house: House) -> None:
    """Threat 29: one count for claims, payments and keys; what has not the form of a key is no try."""
    on_file(house)
    person, application_id = asked(house)
    printed(house)
    assert "A key has 12 letters and digits" in enter(house, person, application_id, "ABC")
    assert "You have 5 tries left" in person.text
    assert NO_MATCH in enter(house, person, application_id, "0000-0000-0000")
    assert "You have 4 tries left" in person.text


def test_printed_again_the_earlier_paper_is_worth_nothing(house: House) -> None:
    """A jammed printer needs a second try; only the last key counts."""
    on_file(house)
    person, application_id = asked(house)
    first = printed(house)
    agent = desk(house)
    agent.follow("Harbor Family Practice")
    agent.press("Print again with a new key")
    second = KEY.findall(agent.text)[0]
    assert NO_MATCH in enter(house, person, application_id, first)
    assert "Your organization is proved" in enter(house, person, application_id, second)


def test_of_two_agents_who_looked_at_once_one_prints(house: House) -> None:
    """The second is told who was first, and the first key stays good."""
    on_file(house)
    asked(house)
    first = desk(house)
    first.follow("Harbor Family Practice")
    second = desk(house, "Robin Desk")
    second.follow("Harbor Family Practice")
    first.press("Make the key and show the letter")
    second.press("Make the key and show the letter")
    assert second.answer.status_code == 409
    assert "Dana Desk printed it" in second.text
    assert [row.prints for row in house.rows("SELECT prints FROM evidence_letters")] == [1]


def test_without_an_address_on_file_nothing_is_printed(house: House) -> None:
    """Never an address from the application: the desk cancels and calls; the applicant is told nothing of it."""
    person, application_id = asked(house)
    agent = desk(house)
    assert "No address on file" in agent.text
    agent.follow("Harbor Family Practice")
    assert "Make the key" not in agent.text
    agent.choose("There is no address, or a wrong one, on file")
    agent.press("Cancel this letter")
    assert "Nobody waits for a letter" in agent.text
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence/letter")
    assert "You asked for a letter" in person.text


def test_a_cancelled_letter_is_dead(house: House) -> None:
    """Its key is wrong, and it cannot be printed; a reason is needed."""
    on_file(house)
    person, application_id = asked(house)
    key = printed(house)
    agent = desk(house)
    agent.follow("Harbor Family Practice")
    page = agent.address
    agent.press("Cancel this letter")
    assert "Choose why the letter is cancelled" in agent.text
    agent.choose("The letter came back")
    agent.press("Cancel this letter")
    assert NO_MATCH in enter(house, person, application_id, key)
    agent = desk(house)
    agent.open(page)
    assert "Cancel this letter" not in agent.text
    assert agent.post(f"{page}/print", {"prints": "1"}).status_code == 409


def test_another_letter_after_a_fortnight_and_three_in_all(house: House) -> None:
    """Postage and patience: the wish is repeated, the earlier letter is replaced, and it ends."""
    on_file(house)
    person, application_id = asked(house)
    first = printed(house)
    for wish in (2, 3):
        house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
        person.open(f"/register/status/{application_id}/evidence/letter")
        assert "You can ask for another letter from this day on" in person.text
        assert "Ask for another letter" not in person.text.replace("can ask for another letter", "")
        person.post(person.address, {})
        assert len(house.rows("SELECT * FROM evidence_letters")) == wish - 1
        house.wait(timedelta(days=14))
        person.open(f"/register/status/{application_id}/evidence/letter")
        person.press("Ask for another letter")
        assert len(house.rows("SELECT * FROM evidence_letters")) == wish
    assert NO_MATCH in enter(house, person, application_id, first)
    house.wait(timedelta(days=30))
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence/letter")
    assert "another letter" not in person.text


def test_a_letter_waits_while_managers_decide(house: House) -> None:
    """The desk sees letters of its own cases only; the applicant cannot tell the difference (threat 26)."""
    managed(house)
    on_file(house)
    asked(house)
    assert "Nobody waits for a letter" in desk(house).text


def test_the_letter_is_in_the_language_of_the_application(house: House) -> None:
    """The desk reads English; the office that applied in Spanish reads Spanish."""
    on_file(house)
    asked(house)
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql("UPDATE applications SET language = 'es'")
    agent = desk(house)
    agent.follow("Harbor Family Practice")
    agent.press("Make the key and show the letter")
    assert "entréguele esta clave" in agent.text
    assert "Print this letter now" in agent.text
