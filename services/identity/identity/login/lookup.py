"""What the check of a password needs to know, in one statement: half of what a sign-in costs beside its hash is asking.

Who may not prove anything looks like nobody, and a name that nobody has is asked for in the same way (threat 26).
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity.accounts.canonical import canonical, written
from identity.accounts.models import Account
from identity.accounts.states import Status, may_prove
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.devices.models import DEVICES
from identity.passwords import service as passwords
from identity.passwords.checking import Attempt
from identity.passwords.models import PASSWORDS
from identity.policies import service as policies
from identity.throttle.limits import password_limits
from shared.db import table_of

_ACCOUNTS = table_of(Account)
_mine = DEVICES.c.account_id == _ACCOUNTS.c.id
_KNOWN = (
    select(
        *(_ACCOUNTS.c.id, _ACCOUNTS.c.population, _ACCOUNTS.c.status),
        *(PASSWORDS.c.hash, PASSWORDS.c.failures),
        *(DEVICES.c.id.label("device_id"), DEVICES.c.family, DEVICES.c.proved_at),
    )
    .select_from(_ACCOUNTS)
    .outerjoin(PASSWORDS, PASSWORDS.c.account_id == _ACCOUNTS.c.id)
    .outerjoin(DEVICES, _mine & (DEVICES.c.secret_hash == bindparam("device")))
    .where(_ACCOUNTS.c.user_id == bindparam("user_id"))
)


@dataclass(frozen=True)
class Found:
    """What is known before the check. Without an account everything but the limits is empty."""

    attempt: Attempt
    stored: str | None
    account_id: str | None
    population: str


def look_up(session: Session, user_id: str, browser: Browser) -> Found:
    """Return what is known of the name, and of the device if the account has proved it before."""
    asked = {"user_id": written(user_id), "device": devices.claimed_by(browser) or ""}
    row = session.execute(_KNOWN, asked).one_or_none()
    rules = policies.current(session)
    limits, name = password_limits(rules), canonical(user_id)
    if row is None or not may_prove(Status(row.status)):
        return Found(Attempt(name, browser.source, None, limits), None, None, "")
    proved = row.device_id if row.proved_at and row.family == browser.family else None
    usable = passwords.usable(row.hash, row.failures, rules, proved=proved is not None) if row.hash else None
    return Found(Attempt(name, browser.source, proved, limits), usable, row.id, row.population)
