"""How an invitation stands, who may accept it, and what is shown of its address: pure rules (F2)."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.invitations.states import (
    LETTERS_MOST,
    LIVES,
    PAUSE,
    STANDINGS,
    Standing,
    State,
    address_of,
    good_until,
    key_of,
    masked,
    may_accept,
    may_write_again,
    standing,
)
from access_manager.rules.refusals import Refusal

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
LATER, TICK = NOW + LIVES, timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("state", "expires_at", "bounced", "stands"),
    [
        (State.PENDING, LATER, False, Standing.PENDING),
        (State.PENDING, LATER, True, Standing.BOUNCED),
        (State.PENDING, NOW, False, Standing.EXPIRED),
        (State.PENDING, NOW, True, Standing.EXPIRED),
        (State.PENDING, NOW + TICK, False, Standing.PENDING),
        (State.REPLACED, LATER, False, Standing.EXPIRED),
        (State.ACCEPTED, NOW - LIVES, False, Standing.ACCEPTED),
        (State.REVOKED, LATER, True, Standing.REVOKED),
    ],
)
def test_an_invitation_stands_as_state_clock_and_mail_say(
    state: State, expires_at: datetime, bounced: bool, stands: Standing
) -> None:
    """Half-open: at its end it has ended; what was decided stays decided."""
    assert standing(state, expires_at, bounced=bounced, now=NOW) is stands


@pytest.mark.parametrize(
    ("state", "expires_at", "account", "refusal"),
    [
        (State.PENDING, NOW + TICK, "acc_ann", None),
        (State.PENDING, NOW, "acc_ann", Refusal.INVITATION_EXPIRED),
        (State.REPLACED, LATER, "acc_ann", Refusal.INVITATION_EXPIRED),
        (State.ACCEPTED, LATER, "acc_ann", Refusal.INVITATION_EXPIRED),
        (State.REVOKED, LATER, "acc_ann", Refusal.INVITATION_REVOKED),
        (State.PENDING, LATER, "acc_meg", Refusal.SELF_RAISE),
        (State.REVOKED, LATER, "acc_meg", Refusal.INVITATION_REVOKED),
    ],
)
def test_an_open_invitation_is_for_anybody_but_its_giver(
    state: State, expires_at: datetime, account: str, refusal: Refusal | None
) -> None:
    """Whoever gives does not accept: nobody raises their own functions."""
    assert may_accept(state, expires_at, inviter="acc_meg", account_id=account, now=NOW) is refusal


def test_letters_have_a_pause_and_an_end() -> None:
    """Ten minutes between two, six in all; the answer says how long to wait."""
    assert may_write_again(1, NOW - PAUSE, NOW) is None
    assert may_write_again(1, NOW - PAUSE + TICK, NOW) == TICK
    assert may_write_again(LETTERS_MOST - 1, NOW - PAUSE, NOW) is None
    assert may_write_again(LETTERS_MOST, NOW - 10 * PAUSE, NOW) == timedelta(days=1)


def test_an_invitation_is_good_for_14_days_and_no_longer_than_what_it_gives() -> None:
    """The earlier of both instants."""
    assert timedelta(days=14) == LIVES
    assert good_until(NOW, None) == good_until(NOW, NOW + timedelta(days=90)) == LATER
    assert good_until(NOW, NOW + timedelta(days=3)) == NOW + timedelta(days=3)


def test_every_standing_has_words() -> None:
    """The list and its filter show all of them."""
    assert set(STANDINGS) == set(Standing)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" ann@office.example ", "ann@office.example"),
        ("Ann.Lee+claims@Office.Example", "Ann.Lee+claims@office.example"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("", None),
        ("ann", None),
        ("ann@", None),
        ("ann@office", None),
        ("ann@office.example, bob@office.example", None),
        ("ann@office.example\r\nBcc: eve@evil.example", None),
        ("ann@office.example\x00", None),
        (f"{'a' * 250}@office.example", None),
    ],
)
def test_an_address_is_one_mailbox_or_none(text: str, address: str | None) -> None:
    """What could carry a second receiver or a mail header is no address (threats 43 and 50)."""
    assert address_of(text) == address


def test_spellings_of_one_address_share_a_key() -> None:
    """Case does not matter, as identity sees it."""
    assert key_of("Ann@OFFICE.example") == key_of("ann@office.EXAMPLE") == "ann@office.example"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ann@office.example", "a***@o***.example"), ("b@x.y.org", "b***@x***.org"), ("c@localhost", "c***@l***")],
)
def test_a_masked_address_tells_its_owner_and_nobody_else(address: str, shown: str) -> None:
    """The number of signs never follows the length of what is hidden."""
    assert masked(address) == shown
