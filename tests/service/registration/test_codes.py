"""Proving a contact by a code: tries, life, resend, throttle."""

import threading
from datetime import timedelta
from typing import cast

from sqlalchemy import text

from registration.applications import service
from registration.contacts.codes import MAX_TRIES, Channel
from registration.contacts.hasher import ContactHasher
from shared.notices import came_back
from shared.notices.captured import CapturedMessages
from shared.notices.sender import Sender
from tests.service.registration.house import House, Neighbourhood, Visitor

EMAIL = "casey@practice.example"


def at_the_code(house: House, email: str = EMAIL) -> Visitor:
    """Somebody who has just been sent the first code."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    house.answer_organization(person, None, "Harbor")
    person.fill("Full name", "Casey")
    person.fill("E-mail address", email)
    person.fill("Mobile number", "202 555 0143")
    person.press("Continue")
    assert "Check your e-mail" in person.text
    return person


def wrong(house: House, email: str = EMAIL) -> str:
    """Six digits that are not the code."""
    return f"{(int(house.code(email)) + 1) % 1_000_000:06d}"


def try_code(person: Visitor, code: str) -> None:
    """Type a code and go on."""
    person.fill("6-digit code", code)
    person.press("Continue")


def test_the_code_is_one_field_that_browsers_can_fill(house: House) -> None:
    """One input, one-time-code, and the address as it was typed: who made a slip in it sees why no code comes."""
    person = at_the_code(house)
    assert 'autocomplete="one-time-code"' in person.answer.text
    assert EMAIL in person.text


def test_five_tries_then_none_even_with_the_right_code(house: House) -> None:
    """Every try counts; the sixth is refused whatever it says, until a new round."""
    person = at_the_code(house)
    right = house.code(EMAIL)
    for left in range(MAX_TRIES - 1, 0, -1):
        try_code(person, wrong(house))
        assert f"You have {left} more" in person.text
    try_code(person, wrong(house))
    assert "That was the last try" in person.text
    try_code(person, right)
    assert "That was the last try" in person.text
    assert person.answer.status_code == 422


def test_a_resend_keeps_the_earlier_code_and_gives_no_new_tries(house: House) -> None:
    """M24: Both codes work to their own end; the tries are those of the transaction."""
    person = at_the_code(house)
    first = house.code(EMAIL)
    for _ in range(3):
        try_code(person, wrong(house))
    house.wait(timedelta(minutes=1))
    person.press("Send another code")
    assert "We sent another code" in person.text
    assert house.code(EMAIL) != first
    try_code(person, "000000" if first != "000000" else "000001")
    assert "You have 1 more try" in person.text
    try_code(person, first)
    assert "Check your phone" in person.text


def test_a_code_lives_ten_minutes(house: House) -> None:
    """One second before it works, at ten minutes it does not."""
    person = at_the_code(house)
    house.wait(timedelta(minutes=10))
    try_code(person, house.code(EMAIL))
    assert "This code has expired" in person.text
    person.open("/register/email-code")
    assert "has expired" in person.text
    house.wait(timedelta(minutes=5))
    person.press("Send another code")
    house.wait(timedelta(minutes=9, seconds=59))
    try_code(person, house.code(EMAIL))
    assert "Check your phone" in person.text


def test_resending_is_throttled(house: House) -> None:
    """Too early sends nothing and says for how long; a round has four messages, then it rests."""
    person = at_the_code(house)
    person.press("Send another code")
    assert "You can ask for another code in 45 seconds" in person.text
    assert len(house.messages(EMAIL)) == 1
    for _ in range(6):
        house.wait(timedelta(seconds=50))
        person.press("Send another code")
    assert len(house.messages(EMAIL)) == 4


def test_nobody_is_flooded_from_many_drafts(house: House) -> None:
    """Whoever opens draft after draft for one address gets a dozen messages a day through, not more."""
    for _ in range(12):
        at_the_code(house).close()
    late = house.visitor()
    late.open("/register")
    late.press("Start")
    late.choose("Representative")
    late.press("Continue")
    house.answer_organization(late, None, "Harbor")
    late.fill("Full name", "Casey")
    late.fill("E-mail address", EMAIL)
    late.fill("Mobile number", "202 555 0143")
    late.press("Continue")
    assert late.answer.status_code == 429
    assert int(late.answer.headers["Retry-After"]) > 0
    assert len(house.messages(EMAIL)) == 12


def test_a_used_code_is_used(house: House) -> None:
    """The code of one channel proves it once and means nothing elsewhere."""
    person = at_the_code(house)
    code = house.code(EMAIL)
    try_code(person, code)
    try_code(person, code if code != house.code("+12025550143") else "000000")
    assert "This is not the code we sent" in person.text


def test_codes_are_stored_hashed(house: House) -> None:
    """No table but the message on its way holds the digits; the address is hashed beside them too."""
    at_the_code(house)
    code = house.code(EMAIL)
    for table in ("proof_codes", "proof_rounds", "applications", "audit_entries", "outbox"):
        assert all(code not in str(tuple(row)) for row in house.rows(f"SELECT * FROM {table}")), table
    assert all(EMAIL not in str(tuple(row)) for row in house.rows("SELECT * FROM proof_rounds"))


def test_sixteen_rivals_have_five_tries_together(house: House) -> None:
    """Tries sent at once are counted one by one."""
    at_the_code(house)
    (row,) = house.rows("SELECT id FROM applications")
    hasher, guess = house.context.part(ContactHasher), wrong(house)
    faults: list[str | None] = []

    def rival() -> None:
        with house.context.transaction() as work:
            held = service.hold(work, row.id)
            faults.append(service.prove(work, hasher, held, Channel.EMAIL, guess))

    rivals = [threading.Thread(target=rival) for _ in range(16)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join()
    assert faults.count("wrong") == MAX_TRIES - 1
    assert house.rows("SELECT tries FROM proof_rounds")[0].tries == MAX_TRIES


def test_the_text_message_is_bound_to_our_origin(house: House) -> None:
    """The last line lets a browser fill the code in here and nowhere else."""
    person = at_the_code(house)
    try_code(person, house.code(EMAIL))
    message = house.messages("+12025550143")[0]
    assert message.splitlines()[-1] == f"@localhost #{house.code('+12025550143')}"


def test_m24_the_page_says_what_became_of_the_message(house: House) -> None:
    """M24: On its way, gone out, or come back: then the page says so, and names the address only half."""
    person = at_the_code(house)
    assert "The message is on its way out." in person.text
    captured = CapturedMessages(house.clock)
    Sender(house.context.database, house.clock, {"email": captured, "sms": captured}).run_once()
    person.open("/register/email-code")
    assert "The message has left us." in person.text
    with house.context.transaction() as work:
        (row,) = work.session.execute(text("SELECT id FROM notices")).all()
        assert came_back(work.session, row.id, house.clock.now(), "no such mailbox")
    person.open("/register/email-code")
    assert "The message did not arrive" in person.text
    assert EMAIL in person.text


def test_m24_the_other_contact_can_be_proved_first(house: House) -> None:
    """M24: A mail that takes its time stops nobody: the text message goes first, and the earlier code stays good."""
    person = at_the_code(house)
    first = house.code(EMAIL)
    person.press("Prove your mobile number first")
    assert "Check your phone" in person.text
    person.press("Prove your e-mail address first")
    assert "Check your e-mail" in person.text
    assert len(house.messages(EMAIL)) == len(house.messages("+12025550143")) == 1
    person.press("Prove your mobile number first")
    try_code(person, house.code("+12025550143"))
    assert "Check your e-mail" in person.text
    assert "Prove your mobile number first" not in person.text
    try_code(person, first)
    assert person.address.endswith("/register/access")


def test_m24_a_proved_contact_is_no_other_way(house: House) -> None:
    """Asking for it by hand leads on, and sends nothing."""
    person = at_the_code(house)
    try_code(person, house.code(EMAIL))
    person.post("/register/mobile-code/other", {})
    assert len(house.messages(EMAIL)) == 1
    person.open("/register/email-code")
    assert person.address.endswith("/register/mobile-code")


def test_who_may_not_send_uses_up_nobody_s_codes(house: House) -> None:
    """A sender who has asked for too much cannot go on and lock the addresses of others out of their own codes."""
    stranger = house.apply(email="first@stranger.example")
    spent = 0
    for number in range(60):
        stranger.open("/register/contact")
        stranger.fill("E-mail address", "victim@practice.example" if number >= 35 else f"x{number}@stranger.example")
        stranger.press("Continue")
        spent += stranger.answer.status_code == 429
    assert spent > 12
    assert house.messages("victim@practice.example") == []
    cast("Neighbourhood", house.origin).client_address = "203.0.113.99"
    house.apply(email="victim@practice.example", mobile="202 555 0199")
    assert len(house.messages("victim@practice.example")) == 1
