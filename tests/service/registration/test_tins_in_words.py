"""A TIN in the middle of a sentence is as secret as one in its field (N4, M18, threat 46): it is never kept or told."""

import json
import re

import pytest

from registration.directory.numbers import mentions_tin
from tests.service.registration.desk_room import CONFIRMED, OFFICE, PERSON, SEAT, DeskAgent, new_case
from tests.service.registration.house import House
from tests.service.registration.workbench import agent, case

IN_WORDS = "The TIN you gave, 12-3456789, is not on our roster."
FORMS = ("12-3456789", "123456789", "123-45-6789", "12 3456789", "123 45 6789", "12\u20133456789", "123.45.6789")
SPREAD = ("12 - 3456789", "12\uff0d3456789", "123 - 45 - 6789", "123\u221245\u22126789")
FULL_WIDTH, ARABIC = ("".join(chr(zero + int(digit)) for digit in "123456789") for zero in (0xFF10, 0x660))


@pytest.mark.parametrize("form", [*FORMS, *SPREAD, FULL_WIDTH, ARABIC])
def test_every_spelling_is_seen(form: str) -> None:
    """Alone, in a sentence, in brackets, at the end."""
    for text in (form, f"TIN {form}", f"({form})", f"It is {form}.", f"{form}, as they said", f"TIN:{form}"):
        assert mentions_tin(text), text


@pytest.mark.parametrize(
    "text",
    [
        *("Call (202) 555-0143", "202 555 0143", "+1 202-555-0143", "NPI 1234567893", "Dover, DE 19901-1234"),
        *("on 2026-11-23 at 10:15", "claim 4711-0815", "Suite 12, floor 3456789", "at 11/23/2026", "12345678", ""),
        *("evt_000000000wftzrcwt7456dt82n", "0123456789"),
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    """Telephone numbers, NPIs, postal codes and dates are part of what an agent writes."""
    assert not mentions_tin(text)


def test_the_desk_cannot_refuse_with_one(house: House) -> None:
    """The reason goes to the applicant, the audit and an event: the page says what to leave out."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.fill("Reason", IN_WORDS)
    person.press("Refuse this application")
    assert person.answer.status_code == 422
    assert "This looks like a TIN. Leave it out." in person.text
    assert told(house) == []


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("refuse", {"reason": IN_WORDS}),
        ("calls", {**CONFIRMED, "note": IN_WORDS}),
        ("calls", {**CONFIRMED, "spoke_to": "Pat of 123-45-6789"}),
        ("calls", {**CONFIRMED, "number_called": "123-45-6789"}),
        ("seat", {**SEAT, "organization_name": "Harbor 123456789"}),
        ("proposal", {**SEAT, "reason": IN_WORDS}),
        ("another", {**SEAT, "person": {**PERSON, "display_name": "Robin 12-3456789"}}),
    ],
)
def test_nor_can_a_program(house: House, act: str, body: dict[str, object]) -> None:
    """The same at the desk's API, in every text that is kept."""
    house.directory(OFFICE)
    answer = DeskAgent(house, "acc_dana").act(new_case(house), act, body)
    assert answer.status_code == 422
    assert "TIN" in json.dumps(answer.get_json()["errors"])
    assert told(house) == []


def test_an_applicant_s_name_holds_none(house: House) -> None:
    """Names stand in mails, events and on the pages of managers."""
    person = house.apply()
    person.open("/register/contact")
    person.fill("Full name", "Casey 123-45-6789")
    person.press("Continue")
    assert "the TIN has a field of its own" in person.text
    person.open("/register/organization")
    person.fill("Name of the organization", "Harbor (12-3456789)")
    person.press("Continue")
    assert "the TIN has a field of its own" in person.text


@pytest.mark.parametrize("script", [FULL_WIDTH, ARABIC])
def test_attack_40_a_name_in_another_script_s_digits_stops_no_queue(house: House, script: str) -> None:
    """Threats 40 and 50: no event may carry it, so it would never reach anybody who decides; it is refused at once."""
    person = house.apply()
    for page, question in (("organization", "Name of the organization"), ("contact", "Full name")):
        person.open(f"/register/{page}")
        person.fill(question, script)
        person.press("Continue")
        assert "the TIN has a field of its own" in person.text, page
    house.directory(OFFICE)
    refusal = DeskAgent(house, "acc_dana").act(new_case(house, 1), "refuse", {"reason": f"Not {script}."})
    assert refusal.status_code == 422


def told(house: House) -> list[str]:
    """Everything kept or told that holds the TIN in any spelling."""
    kept = [str(row.body) for row in house.rows("SELECT body FROM outbox UNION ALL SELECT body FROM notices")]
    kept += [str(tuple(row)) for row in house.rows("SELECT reason, after FROM audit_entries")]
    return [text for text in kept if "123456789" in re.sub(r"[\s.\-]", "", text)]
