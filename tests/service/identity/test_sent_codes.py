"""Codes by text message and e-mail: once, for one session, in time, few tries, and resent without voiding any."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from identity.codes.models import Code
from identity.codes.service import forget_old
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    ask_for_code,
    bind,
    code_in,
    policy,
    texts,
    with_phone,
)
from tests.service.identity.world import World, type_code

HOST = "localhost"


def test_a_code_by_text_message_is_a_second_factor(world: World) -> None:
    """Capability B3: password, a code to the phone, back to the app with two factors."""
    account_id = with_phone(world)
    visitor = ask_for_code(world)
    assert "We sent a code" in visitor.text or "on its way" in visitor.text
    assert "•••• 0111" in visitor.text and TED.mobile not in visitor.answer.text
    type_code(visitor, code_in(texts(world)[-1]))
    assert visitor.address.endswith("/account?came=back")
    assert ("code.sent", account_id) in world.audited()


def test_showing_the_page_sends_nothing(world: World) -> None:
    """A GET changes nothing: mail scanners and prefetching browsers send no messages (threat 33)."""
    with_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.open(visitor.address)
    assert texts(world) == []
    assert "We send a 6-digit code to •••• 0111." in visitor.text


def test_the_message_is_bound_to_our_host_and_warns(world: World) -> None:
    """The last line lets a telephone fill the code in on our pages only; nobody is to be told the code."""
    with_phone(world)
    ask_for_code(world)
    lines = texts(world)[-1].splitlines()
    assert lines[-1] == f"@{HOST} #{code_in(lines[0])}"
    assert "Do not share this code. We never ask for it." in lines[0]


def test_a_code_works_once(world: World) -> None:
    """ASVS 6.5.1: used for sign-in, it steps nothing up later (threat 29: reuse from sign-in to step-up)."""
    with_phone(world)
    code = _enter(world)
    again = ask_for_code(world)
    type_code(again, code)
    assert "This code does not fit" in again.text
    type_code(again, code_in(texts(world)[-1]))
    assert again.address.endswith("/account?came=back")


def test_a_code_is_good_for_the_session_that_asked_only(world: World) -> None:
    """ASVS 6.6.2, threat 29: seen by somebody else who knows the password, it opens nothing in their browser."""
    with_phone(world)
    mine = ask_for_code(world)
    code = code_in(texts(world)[-1])
    theirs = ask_for_code(world)
    type_code(theirs, code)
    assert "This code does not fit" in theirs.text
    type_code(mine, code)
    assert mine.address.endswith("/account?came=back")


def test_a_code_is_good_for_ten_minutes(world: World) -> None:
    """ASVS 6.5.5, SP 800-63B-4 §3.1.3.2."""
    with_phone(world)
    visitor = ask_for_code(world)
    world.clock.advance(timedelta(minutes=10))
    type_code(visitor, code_in(texts(world)[-1]))
    assert "This code does not fit" in visitor.text
    visitor.open(visitor.address)
    assert "has expired. Ask for a new one." in visitor.text


def test_every_code_of_a_resend_works_and_one_of_them_once(world: World) -> None:
    """Capability M24: whoever asks twice may type what comes first; afterwards the other one is dead too."""
    with_phone(world)
    visitor = ask_for_code(world)
    world.clock.advance(timedelta(seconds=31))
    visitor.press("Send another code")
    first, second = map(code_in, texts(world))
    assert "You were sent several codes. Each of them works." in visitor.text
    type_code(visitor, first)
    assert visitor.address.endswith("/account?came=back")
    visitor = ask_for_code(world)
    type_code(visitor, second)
    assert "This code does not fit" in visitor.text


def test_a_rapid_resend_is_refused_and_keeps_the_first_code(world: World) -> None:
    """Capabilities C2 and M24, threat 29: 429 with Retry-After, no second message, and the first code still works."""
    with_phone(world)
    visitor = ask_for_code(world)
    visitor.press("Send another code")
    assert visitor.answer.status_code == 429 and visitor.answer.headers["Retry-After"] == "30"
    assert "You can ask for another code in 30 seconds" in visitor.text and len(texts(world)) == 1
    type_code(visitor, code_in(texts(world)[0]))
    assert visitor.address.endswith("/account?came=back")


def test_nobodys_phone_is_flooded_from_several_browsers(world: World) -> None:
    """Threat 29, resend flood: ten messages an hour to one number, however many sessions ask."""
    with_phone(world)
    for _ in range(11):
        visitor = ask_for_code(world)
        world.clock.advance(timedelta(minutes=1))
    assert visitor.answer.status_code == 429 and len(texts(world)) == 10
    world.clock.advance(timedelta(minutes=50))
    visitor = ask_for_code(world)
    assert len(texts(world)) == 11


def test_five_guesses_are_all_whatever_is_resent(world: World) -> None:
    """ASVS 6.6.3, threat 29: a resend buys no guesses; then even the right code waits, in every session."""
    with_phone(world)
    visitor = ask_for_code(world)
    for guess in range(4):
        type_code(visitor, f"00000{guess}")
    assert "You have 1 more try" in visitor.text
    world.clock.advance(timedelta(seconds=31))
    visitor.press("Send another code")
    type_code(visitor, "000009")
    right = code_in(texts(world)[-1])
    type_code(visitor, right)
    assert "Too many attempts" in visitor.text
    other = ask_for_code(world)
    type_code(other, code_in(texts(world)[-1]))
    assert "Too many attempts" in other.text, "the account waits, not the session"


def test_full_width_digits_are_the_same_code(world: World) -> None:
    """Threat 29: another script's digits make no second use; typed first, they are read."""
    with_phone(world)
    visitor = ask_for_code(world)
    code = code_in(texts(world)[-1])
    wide = code.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    type_code(visitor, wide)
    assert visitor.address.endswith("/account?came=back")


def test_no_code_stands_anywhere_but_in_its_message(world: World) -> None:
    """Threat 43: audit, events and the table of codes hold no six digits; the message is emptied once it left."""
    with_phone(world)
    code = _enter(world)
    with world.context.reading() as session:
        rows = session.execute(select(Code.code_hash, Code.masked)).all()
        told = str(
            session.connection().exec_driver_sql("SELECT action, target, before, after FROM audit_entries").all()
        )
    assert all(code not in str(row) and len(row.code_hash) == 64 for row in rows)
    assert code not in told and code not in str([event.data for event in world.published()])


def test_a_code_by_mail_never_makes_two_factors(world: World) -> None:
    """SP 800-63B-4 §3.1.3.1: allowed by policy, it is set up and listed, and where two factors are asked it is not."""
    account_id = with_phone(world)
    policy(world, "email_factor_populations", ["provider"])
    bind(world, account_id, "email")
    visitor = ask_for_code(world)
    assert "Use another way" not in visitor.text
    type_code(visitor, code_in(texts(world)[-1]))
    visitor.open("/account/methods")
    assert "E-mail: t***@l***.example" in visitor.text


@pytest.mark.parametrize("later", [timedelta(days=6), timedelta(days=8)])
def test_codes_are_kept_a_week_for_the_desk(world: World, later: timedelta) -> None:
    """What became of a message can be asked for a week; then the row is gone."""
    with_phone(world)
    ask_for_code(world)
    world.clock.advance(later)
    assert forget_old(world.context) == (0 if later < timedelta(days=7) else 1)


def test_a_phone_whose_number_was_taken_off_the_account_receives_nothing(world: World) -> None:
    """The contact is gone, so the way is: it is not offered, and nobody is asked to type its codes."""
    account_id = with_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    with world.context.transaction() as work:
        work.session.connection().exec_driver_sql(
            "UPDATE contact_points SET removed_at = added_at, is_primary = 0 WHERE kind = 'sms'"
        )
    visitor.open(visitor.address)
    assert visitor.answer.status_code == 403 and "Call the support desk" in visitor.text
    assert account_id and texts(world) == []


def _enter(world: World) -> str:
    """Sign in by a code; return it."""
    visitor = ask_for_code(world)
    code = code_in(texts(world)[-1])
    type_code(visitor, code)
    assert visitor.address.endswith("/account?came=back")
    return code
