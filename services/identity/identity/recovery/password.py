"""Somebody who lost the other factor proves user ID and password, at the same price as at sign-in.

Same counts, same work for names that nobody has, same words: recovery is no cheaper place to guess (ASVS 6.3.4).
"""

from dataclasses import dataclass

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.devices.browser import Browser
from identity.passwords import checking
from identity.passwords import service as passwords
from identity.passwords.checking import Attempt, Waiting, Wrong
from identity.policies import service as policies
from identity.recovery.service import may_recover
from identity.risk import service as risk
from identity.throttle.limits import password_limits
from shared.service import Context, Work


@dataclass(frozen=True)
class Known:
    """The password fits."""

    account_id: str


@dataclass(frozen=True)
class Refused:
    """Nobody has this name, or the password is another; told alike."""

    account_id: str | None
    wrong: Wrong


def check(place: Context, user_id: str, password: str, source: str) -> Known | Refused | Waiting:
    """Find out whether the password fits. Writes no row; hashing runs outside of transactions."""
    with place.reading() as session:
        account = accounts.find_by_user_id(session, user_id)
        account_id = account.id if account and may_recover(account) else None
        rules = policies.current(session)
        stored = passwords.stored_hash(session, account_id or "", rules)
    found = checking.check(place, Attempt(canonical(user_id), source, limits=password_limits(rules)), stored, password)
    if isinstance(found, Waiting):
        return found
    if isinstance(found, Wrong) or account_id is None:
        return Refused(account_id, found if isinstance(found, Wrong) else Wrong(None))
    return Known(account_id)


def note_refusal(work: Work, refused: Refused, browser: Browser) -> None:
    """Remember a wrong password as sign-in does, and tell the owner when the name rests because of it."""
    passwords.note_failure(work, refused.account_id)
    risk.record(work, refused.account_id, browser, None, "refused", None, None)
    work.audit("recovery.refused", target=refused.account_id or "unknown", reason="password")
    if refused.account_id is not None and refused.wrong.rests_until is not None:
        accounts.note_rest(work, refused.account_id, refused.wrong.rests_until)
