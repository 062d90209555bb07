"""How an invitation stands, for how long it is good, and what may be shown of its address. Pure: time is passed in."""

from datetime import datetime, timedelta
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from access_manager.rules.refusals import Refusal

LIVES = timedelta(days=14)
LETTERS_MOST = 6  # of one invitation, the first included
PAUSE = timedelta(minutes=10)  # between two of them
ANSWER_PAUSE = timedelta(minutes=1)  # between two letters that the invited person asks for
_LONGEST = 254  # RFC 5321 §4.5.3.1


class State(StrEnum):
    """What was decided about an invitation. `replaced`: it had ended, and a new one was made."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Standing(StrEnum):
    """What a list shows: the state, the clock and the mail server's answer in one word."""

    PENDING = "pending"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


# The words for each, as keys of the translations, in the order of the list.
STANDINGS: dict[Standing, str] = {
    Standing.BOUNCED: "Could not be delivered",
    Standing.PENDING: "Waiting for their answer",
    Standing.EXPIRED: "Ended unanswered",
    Standing.ACCEPTED: "Accepted",
    Standing.REVOKED: "Taken back",
}


def standing(state: State, expires_at: datetime, *, bounced: bool, now: datetime) -> Standing:
    """Return how an invitation stands at `now`; no job ends it, the instant does."""
    if state is State.ACCEPTED:
        return Standing.ACCEPTED
    if state is State.REVOKED:
        return Standing.REVOKED
    if state is State.REPLACED or expires_at <= now:
        return Standing.EXPIRED
    return Standing.BOUNCED if bounced else Standing.PENDING


def may_accept(state: State, expires_at: datetime, *, inviter: str, account_id: str, now: datetime) -> Refusal | None:
    """Allow an open invitation in time, to anybody but whoever made it: nobody raises their own functions."""
    if state is State.REVOKED:
        return Refusal.INVITATION_REVOKED
    if state is not State.PENDING or expires_at <= now:
        return Refusal.INVITATION_EXPIRED
    return Refusal.SELF_RAISE if inviter == account_id else None


def may_write_again(letters: int, mailed_at: datetime, now: datetime) -> timedelta | None:
    """Return None where another letter may go, else how long it must wait; a day where there were enough."""
    if letters >= LETTERS_MOST:
        return timedelta(days=1)
    left = mailed_at + PAUSE - now
    return left if left > timedelta(0) else None


def good_until(now: datetime, ends_at: datetime | None) -> datetime:
    """Return the instant an invitation of `now` ends: never after the access that it gives."""
    return min(now + LIVES, ends_at) if ends_at else now + LIVES


def address_of(text: str) -> str | None:
    """Return the address as it is stored, or None for what is none. Whether mail arrives there, mail will tell."""
    bare = text.strip()
    try:
        return validate_email(bare, check_deliverability=False).normalized if len(bare) <= _LONGEST else None
    except EmailNotValidError:
        return None


def key_of(address: str) -> str:
    """Return what two spellings of one address share."""
    return address.casefold()


def masked(address: str) -> str:
    """Return `p***@l***.example`: its owner recognizes it, nobody else learns it or how long it is."""
    local, _, domain = address.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***.{ending}" if name else f"{local[:1]}***@{domain[:1]}***"
