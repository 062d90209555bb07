"""Addresses as people type them, how they are hidden, and when a new one may help to recover an account."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.contacts import rules
from identity.contacts.addresses import EMAIL, SMS, Fault, key, kind_of, read
from identity.contacts.masking import masked
from identity.contacts.rules import Kept, Standing

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "typed", ["202 555 0142", "(202) 555-0142", "+1 202-555-0142", "1.202.555.0142", "  +12025550142 "]
)
def test_a_mobile_is_one_however_it_is_written(typed: str) -> None:
    """Spaces, hyphens, brackets and the country say nothing new."""
    assert read(SMS, typed) == key(SMS, typed) == "+12025550142"


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        (SMS, "", Fault.EMPTY),
        (SMS, "call me", Fault.FORMAT),
        (SMS, "555 0142", Fault.FORMAT),
        (SMS, "202 555 0142 ext. 7", Fault.FORMAT),
        (SMS, "800 555 0142", Fault.NOT_MOBILE),
        (SMS, "2" * 300, Fault.TOO_LONG),
        (EMAIL, "   ", Fault.EMPTY),
        (EMAIL, "pat.lakeside.example.com", Fault.FORMAT),
        (EMAIL, "pat@lakeside@clinic.org", Fault.FORMAT),
        (EMAIL, "pat@clinic.org\r\nBcc: eve@evil.org", Fault.FORMAT),
        (EMAIL, f"{'p' * 250}@clinic.org", Fault.TOO_LONG),
    ],
)
def test_what_no_message_can_reach_is_refused(kind: str, typed: str, fault: Fault) -> None:
    """Each fault is named apart, so that each has a sentence of its own."""
    assert read(kind, typed) is fault


def test_two_spellings_of_a_mailbox_are_one() -> None:
    """Letter case is no second address; a plus or a dot may be another mailbox and stays one (threat 50)."""
    assert key(EMAIL, "Pat@Clinic.ORG") == key(EMAIL, "pat@clinic.org ")
    assert key(EMAIL, "pat+work@clinic.org") != key(EMAIL, "pat@clinic.org")
    assert key(EMAIL, "p.at@clinic.org") != key(EMAIL, "pat@clinic.org")


def test_a_composed_and_a_decomposed_address_are_one() -> None:
    """The same letter in two encodings does not make two addresses (threat 50)."""
    assert key(EMAIL, "jos\u00e9@clinic.org") == key(EMAIL, "jose\u0301@clinic.org")


def test_what_is_no_address_still_has_a_key() -> None:
    """An opener's strange line can be stored and found by itself."""
    assert key(SMS, " desk 4 ") == "desk 4" and key(EMAIL, "Desk") == "desk"


def test_the_kind_follows_the_at_sign() -> None:
    """One field takes both."""
    assert kind_of("pat@clinic.org") == EMAIL and kind_of("202 555 0142") == SMS


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        (EMAIL, "jane@clinic.org", "j***@c***.org"),
        (EMAIL, "j@c.org", "j***@c***.org"),
        (EMAIL, "pat@mail.lakeside.example", "p***@m***.example"),
        (EMAIL, "pat@localhost", "p***@l***"),
        (SMS, "+12025550142", "•••• 0142"),
        (SMS, "+1 202 555 0142", "•••• 0142"),
    ],
)
def test_an_address_is_hidden_but_recognizable(kind: str, address: str, shown: str) -> None:
    """Its owner recognizes it; nobody else learns it, nor how long it is (capability C7)."""
    assert masked(kind, address) == shown


def test_a_new_address_waits() -> None:
    """A changed contact recovers nothing until its quarantine is over (capability C5)."""
    since = rules.trusted_from(NOW, 72 * HOUR, from_opening=False)
    assert not rules.is_trusted(since, NOW + 71 * HOUR)
    assert rules.is_trusted(since, NOW + 72 * HOUR)


def test_the_first_address_has_nothing_to_wait_for() -> None:
    """What the account was opened with is no change of anything."""
    assert rules.trusted_from(NOW, 72 * HOUR, from_opening=True) == NOW
    assert not rules.is_trusted(None, NOW)


@pytest.mark.parametrize("proof", ["otp", "hwk", "swk"])
def test_a_second_factor_confirms_when_it_is_newer_than_the_address(proof: str) -> None:
    """Whoever proves password and factor after the address was added is its owner (capability C5)."""
    assert rules.confirms(("pwd", proof, "mfa"), NOW, NOW - HOUR)
    assert not rules.confirms(("pwd", proof, "mfa"), NOW - HOUR, NOW)


def test_only_factors_older_than_a_quarantine_can_end_one() -> None:
    """An intruder's own factor, bound a moment before their own address, is none of them (capability C5)."""
    old, young = NOW - 72 * HOUR, NOW - 71 * HOUR
    assert rules.may_confirm([old], NOW, 72 * HOUR)
    assert not rules.may_confirm([old, young], NOW, 72 * HOUR)
    assert not rules.may_confirm([], NOW, 72 * HOUR)


@pytest.mark.parametrize(
    "amr", [(), ("pwd",), ("pwd", "sms", "mfa"), ("pwd", "email"), ("pwd", "mfa"), ("pwd", "user")]
)
def test_no_message_confirms_an_address(amr: tuple[str, ...]) -> None:
    """A text message may go to the very number that is to be confirmed, and a password is no second factor."""
    assert not rules.confirms(amr, NOW, NOW - HOUR)


def test_the_main_mail_address_stays() -> None:
    """Every account can be written to."""
    main, other = Standing("1", True, NOW), Standing("2", False, NOW)
    assert rules.stands_against_removal(main, [main, other], NOW) is Kept.MAIN
    assert rules.stands_against_removal(other, [main, other], NOW) is None


def test_the_last_trusted_address_stays() -> None:
    """An intruder who adds theirs cannot take the owner's last way back while it waits (capability C5)."""
    owners, intruders = Standing("1", False, NOW - HOUR), Standing("2", False, NOW + HOUR)
    assert rules.stands_against_removal(owners, [owners, intruders], NOW) is Kept.LAST_TRUSTED
    assert rules.stands_against_removal(intruders, [owners, intruders], NOW) is None
