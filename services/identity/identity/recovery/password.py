"""Somebody who lost the other factor proves user ID and password, at the same price as at sign-in.

Same counts, same work for names that nobody has, same words: recovery is no cheaper place to guess (ASVS 6.3.4).
"""

from dataclasses import dataclass
from datetime import datetime

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.passwords import service as passwords
from identity.passwords.hasher import Hasher
from identity.recovery.service import may_recover
from identity.throttle.throttle import Throttle
from shared.service import Context, Work


@dataclass(frozen=True)
class Known:
    """The password fits."""

    account_id: str


@dataclass(frozen=True)
class Unknown:
    """Nobody has this name, or the password is another; told alike. `rests_until`: the name rests from now on."""

    account_id: str | None
    rests_until: datetime | None


@dataclass(frozen=True)
class NotNow:
    """Nothing was checked: the name or the source must wait."""

    until: datetime


def check(place: Context, user_id: str, password: str, source: str) -> Known | Unknown | NotNow:
    """Find out whether the password fits. Writes no row; hashing runs outside of transactions."""
    throttle, name = place.part(Throttle), canonical(user_id)
    until = throttle.try_once("password", name, source)
    if until is not None:
        return NotNow(until)
    with place.reading() as session:
        account = accounts.find_by_user_id(session, user_id)
        account_id = account.id if account and may_recover(account) else None
        stored = passwords.stored_hash(session, account_id or "")
    if not place.part(Hasher).verify(stored, password) or account_id is None:
        return Unknown(account_id, throttle.failed("password", name, source))
    throttle.succeeded("password", name, source)
    return Known(account_id)


def note_refusal(work: Work, refused: Unknown) -> None:
    """Remember a wrong password, and tell the owner when the name rests because of it."""
    passwords.note_failure(work, refused.account_id)
    work.audit("recovery.refused", target=refused.account_id or "unknown", reason="password")
    if refused.account_id is not None and refused.rests_until is not None:
        accounts.note_rest(work, refused.account_id, refused.rests_until)
