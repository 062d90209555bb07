"""What a sign-in needs to know, in two statements: half of what it costs beside its hash is asking.

Before the check: who may not prove anything looks like nobody, and a name that nobody has is asked for in the same way
(threat 26). After it, under the lock of the account: what may have changed while the hash took its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, true
from sqlalchemy.orm import Session

from identity.accounts.canonical import canonical, written
from identity.accounts.models import ACCOUNTS
from identity.accounts.states import Status, may_prove
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.devices.models import BEHIND, DEVICES, VIEWED
from identity.devices.service import DeviceView
from identity.entitlements import service as entitlements
from identity.entitlements.models import COUNTING, MEMBERSHIPS, TOLD
from identity.entitlements.service import Entitlement
from identity.mfa.service import ENROLLED
from identity.passwords import service as passwords
from identity.passwords.checking import Attempt
from identity.passwords.models import PASSWORDS
from identity.policies import rules
from identity.policies.models import POLICIES
from identity.policies.rules import Policies
from identity.risk import service as risk
from identity.risk.models import LAST, WARNINGS
from identity.risk.service import Recent
from identity.throttle.limits import password_limits
from shared.db import Query, Source

_ASKED = select(literal_column("1").label("asked")).subquery()  # so that there is a row for nobody's name too
# A row for each policy that departs from its default; what is known of the name stands in every one.
_KNOWN = Query(
    select(
        *(ACCOUNTS.c.id, ACCOUNTS.c.population, ACCOUNTS.c.status),
        *(PASSWORDS.c.hash, PASSWORDS.c.failures),
        *(DEVICES.c.id.label("device_id"), DEVICES.c.family, DEVICES.c.proved_at),
        *(POLICIES.c.name, POLICIES.c.value),
    )
    .select_from(_ASKED)
    .outerjoin(ACCOUNTS, ACCOUNTS.c.user_id == bindparam("user_id"))
    .outerjoin(PASSWORDS, PASSWORDS.c.account_id == ACCOUNTS.c.id)
    .outerjoin(DEVICES, (DEVICES.c.account_id == ACCOUNTS.c.id) & (DEVICES.c.secret_hash == bindparam("device")))
    .outerjoin(POLICIES, true())
)
# A row for each membership that counts.
_UNDER_LOCK = (
    select(PASSWORDS.c.hash, PASSWORDS.c.failures, ENROLLED, *WARNINGS, *LAST.c, *VIEWED, *TOLD)
    .select_from(_ASKED)
    .outerjoin(PASSWORDS, PASSWORDS.c.account_id == bindparam("account_id"))
    .outerjoin(LAST, true())
    .outerjoin(DEVICES, BEHIND)
    .outerjoin(MEMBERSHIPS, COUNTING)
)
_OWN = 3  # columns before those of risk, the device and the memberships
_DEVICE = _OWN + len(WARNINGS) + len(LAST.c)
_HELD = _DEVICE + len(VIEWED)


@dataclass(frozen=True)
class Found:
    """What is known before the check. Without an account everything but the limits and the policies is empty."""

    attempt: Attempt
    stored: str | None
    account_id: str | None
    population: str
    rules: Policies


@dataclass(frozen=True)
class Present:
    """What is so while the account is locked. `failures`: wrong passwords in a row; `recent`: what risk asks for."""

    stored: str | None
    failures: int | None
    enrolled: bool
    recent: Recent
    device: DeviceView | None
    held: Sequence[Entitlement]


def look_up(source: Source, user_id: str, browser: Browser) -> Found:
    """Return what is known of the name, and of the device if the account has proved it before."""
    asked = {"user_id": written(user_id), "device": devices.claimed_by(browser) or ""}
    rows = _KNOWN.all(source, asked)
    row, departing = rows[0], {one.name: one.value for one in rows if one.name is not None}
    today = rules.with_values(departing)
    limits, name = password_limits(today), canonical(user_id)
    if row.id is None or not may_prove(Status(row.status)):
        return Found(Attempt(name, browser.source, None, limits), None, None, "", today)
    proved = row.device_id if row.proved_at and row.family == browser.family else None
    usable = passwords.usable(row.hash, row.failures, today, proved=proved is not None) if row.hash else None
    return Found(Attempt(name, browser.source, proved, limits), usable, row.id, row.population, today)


def look_again(session: Session, account_id: str, browser: Browser, now: datetime) -> Present:
    """Return what is so at `now`; the caller holds the account, so what decides stays so until the end."""
    asked = {"account_id": account_id, "secret_hash": devices.claimed_by(browser) or "", "network": browser.network}
    rows = session.execute(_UNDER_LOCK, {**asked, "now": now, **risk.windows(now)}).all()
    stored, failures, enrolled = rows[0][:_OWN]
    refused, in_quarantine, elsewhere, *last = rows[0][_OWN:_DEVICE]
    return Present(
        stored,
        failures,
        bool(enrolled),
        Recent(refused, bool(in_quarantine), elsewhere, *last),
        devices.own(rows[0][_DEVICE:_HELD], browser),
        entitlements.told(row[_HELD:] for row in rows),
    )
