"""Threat 29 at the proof of a contact: each code of a resend has an end of its own."""

from datetime import timedelta

from registration.contacts.codes import CODE_LIFE, RESEND_PAUSE
from tests.service.registration.house import House
from tests.service.registration.test_codes import EMAIL, at_the_code, try_code


def test_attack_29_an_old_code_is_dead_though_a_younger_one_lives(house: House) -> None:
    """Threat 29, SP 800-63B-4 §3.1.3.2: the first ends ten minutes after it was sent, the second later."""
    person = at_the_code(house)
    old = house.code(EMAIL)
    house.wait(RESEND_PAUSE)
    person.press("Send another code")
    young = house.code(EMAIL)
    assert young != old
    house.wait(CODE_LIFE - RESEND_PAUSE)
    try_code(person, old)
    assert "Check your phone" not in person.text
    house.wait(RESEND_PAUSE - timedelta(seconds=1))
    try_code(person, young)
    assert "Check your phone" in person.text
