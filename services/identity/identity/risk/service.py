"""What happens to sign-ins: judged, recorded, listed. One function per verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from identity.devices import computers
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.devices.service import DeviceView
from identity.policies import service as policies
from identity.risk import assess, reasons
from identity.risk.assess import Facts, Habit, Outcome, Verdict
from identity.risk.models import (
    HABITS,
    SIGN_INS,
    Alarm,
    SignIn,
    accepted_devices,
    forget,
    last_place,
    newest,
    verify,
)
from identity.sessions import lives
from shared.db import claimed
from shared.service import Context, Work
from shared.together import put

Result = Literal["signed_in", "verified", "refused", "denied"]

TELL_AFTER = timedelta(minutes=5)  # so that one letter tells of all attempts of one try
KEPT = timedelta(days=180)  # what was noticed at a sign-in; that it happened stays in the audit
_BURST_WITHIN = timedelta(hours=1)
_COMPARED_WITH = 500  # accepted sign-ins: some months of a busy person, and a bound on what one sign-in reads
_BATCH = 200
# Wrong passwords for names that nobody has leave a row too, so that both kinds do the same work (threat 26).
_NOBODY = "unknown"
_ALLOWED = Verdict(Outcome.ALLOW)


@dataclass(frozen=True)
class SignInView:
    """What other rooms may know of a sign-in; `at` is aware UTC. `reasons` are codes of `risk.reasons`."""

    id: str
    at: datetime
    outcome: str
    verdict: str
    reasons: tuple[str, ...]
    label: str
    source: str
    place: str | None
    session_id: str | None
    device_id: str | None


@dataclass(frozen=True)
class Recent:
    """What sign-in has read for `judge`, with everything else that it asks: `models.WARNINGS` and `models.LAST`.

    `failures` within `since`; `elsewhere`: from how many other networks the account is in use now; `network`,
    `country`, `device_id` of the last accepted sign-in, if there was one.
    """

    failures: int
    in_quarantine: bool
    elsewhere: int
    network: str | None
    country: str | None
    device_id: str | None


def windows(now: datetime) -> dict[str, datetime]:
    """Return from when on refused sign-ins and living sessions count at `now`, by the names in `models.WARNINGS`."""
    return {"refused_since": now - _BURST_WITHIN, "lives_since": now - lives.LONGEST}


def judge(
    session: Session,
    account_id: str,
    browser: Browser,
    device: DeviceView | None,
    recent: Recent,
    now: datetime,
) -> Verdict:
    """Return what follows for a sign-in of the account in this browser; `device` is what `devices.find` gives."""
    rules = policies.current(session)
    found = assess.signs(browser, _facts(session, account_id, browser, device, recent), now)
    return assess.verdict(found, rules.risk_weights, rules.risk_verify, rules.risk_deny)


def record(
    work: Work,
    account_id: str | None,
    browser: Browser,
    verdict: Verdict | None,
    outcome: Result,
    session_id: str | None,
    device_id: str | None,
) -> None:
    """Keep what became of a sign-in, and have its person told where something was unusual.

    "signed_in": the password or passkey fits (a verdict of VERIFY is still to be met); "verified": what was asked for
    is met, of the same session or at once; "refused": it does not fit, without a verdict; "denied": risk refused it.
    """
    if outcome == "verified" and session_id and claimed(work.session.execute(verify(account_id or "", session_id))):
        work.audit("sign_in.verified", target=account_id or _NOBODY, after={"session": session_id})
        return
    said = verdict or _ALLOWED
    row = _row(work, account_id, browser, said, outcome, session_id, device_id)
    put(work.session, SIGN_INS, row)
    if said.reasons or outcome == "denied":
        _explain(work, row)


def recent(session: Session, account_id: str, limit: int, before: datetime | None = None) -> list[SignInView]:
    """Return what was tried on the account (before the instant), newest first, at most `limit`."""
    return [view(row) for row in session.scalars(newest(account_id, limit, before))]


def view(row: SignIn) -> SignInView:
    """Return a row as other rooms see it."""
    return SignInView(
        row.id,
        row.at,
        row.outcome,
        row.verdict,
        tuple(row.reasons),
        row.label,
        row.source,
        row.place,
        row.session_id,
        row.device_id,
    )


def forget_old(context: Context) -> int:
    """Job: remove sign-ins of half a year ago and links that are over, in short transactions; return how many."""
    total = 0
    while True:
        with context.transaction() as work:
            gone = len(work.session.scalars(forget(work.now - KEPT, _BATCH)).all())
            work.session.execute(delete(Alarm).where(Alarm.expires_at < work.now - KEPT))
        total += gone
        if gone < _BATCH:
            return total


def known_devices(session: Session, account_id: str) -> set[str]:
    """Return the ids of the devices from which a sign-in of the account was accepted."""
    return {device_id for device_id in session.scalars(accepted_devices(account_id)) if device_id}


def _facts(session: Session, account_id: str, browser: Browser, device: DeviceView | None, recent: Recent) -> Facts:
    as_last_time = _as_last_time(browser, device, recent)
    usual = as_last_time or _habits(session, account_id, browser, device)
    return Facts(
        habits=usual,
        last=_last(session, account_id) if browser.position else None,  # nothing to measure from
        known_device=device is not None and (device.proved_at is not None or any(one.on_device for one in usual)),
        carried=device is None and devices.carried(session, account_id, browser),
        contact_changed=recent.in_quarantine,
        failures=recent.failures,
        # A place that is new among those in use now is never the last one.
        elsewhere=0 if as_last_time else recent.elsewhere,
    )


def _as_last_time(browser: Browser, device: DeviceView | None, recent: Recent) -> tuple[Habit, ...]:
    """Most people come from where they came last: the same device, network and country.

    Then nothing is new, and no older sign-in makes anything unusual, so the months before need not be read. At a shared
    computer there is no device to tell it by.
    """
    before = (recent.device_id, recent.network, recent.country)
    same = device is not None and before == (device.id, browser.network, browser.country)
    return (Habit(browser.network, browser.country, on_device=True),) if same else ()


def _habits(session: Session, account_id: str, browser: Browser, device: DeviceView | None) -> tuple[Habit, ...]:
    device_id, computer = device.id if device else None, computers.mark_of(browser)
    asked = {"account_id": account_id, "device_id": device_id or "", "computer": computer or "", "most": _COMPARED_WITH}
    found = session.execute(HABITS, asked)
    return tuple(Habit(network, country, bool(mine), bool(here)) for network, country, mine, here in found)


def _last(session: Session, account_id: str) -> tuple[tuple[float, float], datetime] | None:
    found = session.execute(last_place(account_id)).one_or_none()
    return ((found[0][0], found[0][1]), found[1]) if found and found[0] else None


def _row(
    work: Work,
    account_id: str | None,
    browser: Browser,
    said: Verdict,
    outcome: Result,
    session_id: str | None,
    device_id: str | None,
) -> dict[str, Any]:
    return {
        "id": work.ids.new("sgn"),
        "account_id": account_id or _NOBODY,
        "at": work.now,
        "outcome": outcome,
        "verdict": said.outcome.value,
        "reasons": list(said.reasons),
        "label": browser.label[:120],
        "source": browser.source[:64],
        "network": browser.network,
        "place": browser.place,
        "country": browser.country,
        "position": list(browser.position) if browser.position else None,
        "session_id": session_id,
        "device_id": device_id,
        "computer": computers.mark_of(browser),
        "tell_at": work.now + TELL_AFTER if _worth_telling(said) else None,
    }


def _worth_telling(said: Verdict) -> bool:
    """A proof that is asked for without anything unusual (a password that must be chosen anew) is no news."""
    asked = said.outcome is Outcome.VERIFY and bool(said.reasons)
    return asked or said.outcome is Outcome.DENY or reasons.NEW_DEVICE in said.reasons


def _explain(work: Work, row: Mapping[str, Any]) -> None:
    """The same codes go to the auditor and, where anything follows or an account seems shared, to who listens (D4)."""
    told = {name: row[name] for name in ("outcome", "verdict", "reasons")}
    work.audit("sign_in.judged", target=row["account_id"], after={**told, "session": row["session_id"]})
    if row["verdict"] == Outcome.ALLOW.value and reasons.SEVERAL_PLACES not in row["reasons"]:
        return
    data = {name: row[name] for name in ("account_id", "session_id", "verdict", "reasons")}
    work.publish("risk.detected", subject=row["id"], sequence=1, data={**data, "detected_at": row["at"]})
