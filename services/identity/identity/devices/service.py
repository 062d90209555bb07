"""What happens to devices: found, seen, remembered, forgotten. One function per verb."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.devices.browser import Browser
from identity.devices.models import OF_BROWSER, USED, Device, SharedComputer, by_use, change, drop, drop_unseen
from identity.entitlements import service as entitlements
from identity.policies import service as policies
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Context, Work

KEPT = timedelta(days=400)  # unseen; the cookie lives no longer either
_SHOWN = 50
_BATCH = 200
_NEVER = frozenset({"staff"})  # populations whose browsers are never remembered, as managers' are not


@dataclass(frozen=True)
class DeviceView:
    """What other rooms may know of a device; all instants are aware UTC.

    `proved_at`: when somebody last proved on it, by more than a password, to be its owner; `remembered_until`: until
    then signing in from it asks for no second factor where none is demanded.
    """

    id: str
    label: str
    place: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    proved_at: datetime | None
    remembered_until: datetime | None


def find(session: Session, account_id: str, browser: Browser) -> DeviceView | None:
    """Return the account's device behind this browser, or None.

    A cookie in a browser of another family was carried there: it stands for nothing (threat 52).
    """
    row = _row(session, account_id, browser)
    return own(row, browser) if row is not None else None


def own(columns: Sequence[Any], browser: Browser) -> DeviceView | None:
    """Return the device of a row of `models.VIEWED`, if it is one and is this browser's, as `find` does."""
    *told, family = columns
    return DeviceView(*told) if told[0] is not None and family == browser.family else None


def claimed_by(browser: Browser) -> str | None:
    """Return the hash under which a device of this browser is kept; None without a cookie, and on a shared computer."""
    return sha256(browser.secret) if browser.secret and not browser.shared else None


def carried(session: Session, account_id: str, browser: Browser) -> bool:
    """Return whether the cookie belongs to a device of this account and the browser is of another family."""
    row = _row(session, account_id, browser)
    return row is not None and row.family != browser.family


def seen(
    work: Work, account_id: str, browser: Browser, *, proved: bool, known: DeviceView | None = None
) -> tuple[str | None, str | None]:
    """Note that the account's person signs in here; return (device id, new secret for the cookie or None).

    `proved`: by more than a password; `known`: what `find` gave. Nothing is kept of a shared computer: (None, None).
    """
    if browser.shared:
        return None, None
    # Read once: what another request of this browser notes meanwhile must not look like a cookie that was carried here.
    row = None if known else _row(work.session, account_id, browser)
    known = known or (own(row, browser) if row is not None else None)
    if known is not None:
        mine = {"this": known.id, "whose": account_id}
        if claimed(work.session.execute(USED, {**mine, **_seen_now(work, browser, proved=proved)})):
            return known.id, None
    # A secret of nobody's, or one that was carried here, is not taken over: whoever planted it would hold it too.
    keep = browser.secret if row is None and _is_ours(work.session, browser) else None
    secret = keep or work.ids.token()
    return _add(work, account_id, browser, secret, proved=proved), None if keep else secret


def remember(work: Work, account_id: str, device_id: str) -> bool:
    """Ask for no second factor on this device for a while; False for no device of the account, and for whom never."""
    if not may_remember(work.session, account_id, work.now):
        return False
    until = work.now + timedelta(days=policies.current(work.session).remember_days)
    kept = claimed(work.session.execute(change(account_id, device_id).values(remembered_until=until)))
    if kept:
        work.audit("device.remembered", target=account_id, after={"device": device_id, "until": until.isoformat()})
    return kept


def may_remember(session: Session, account_id: str, now: datetime) -> bool:
    """Return whether browsers of this account may be remembered: never those of staff and of access managers."""
    account = accounts.get(session, account_id)
    if account is None or account.population in _NEVER:
        return False
    return not entitlements.manages(entitlements.active(session, account_id, now))


def is_remembered(session: Session, account_id: str, device_id: str | None, now: datetime) -> bool:
    """Return whether the account's person asked to be asked less on this device."""
    row = session.get(Device, device_id) if device_id else None
    mine = row is not None and row.account_id == account_id
    return mine and row is not None and row.remembered_until is not None and row.remembered_until > now


def proved(session: Session, account_id: str, device_id: str | None) -> str | None:
    """Return the id where the account's person has proved themself on this device before; else None."""
    row = session.get(Device, device_id) if device_id else None
    return row.id if row is not None and row.account_id == account_id and row.proved_at is not None else None


def forget(work: Work, account_id: str, device_id: str) -> bool:
    """Forget the device: next time it is new. False where the account has no such device."""
    if not claimed(work.session.execute(drop(account_id, device_id))):
        return False
    work.audit("device.forgotten", target=account_id, before={"device": device_id})
    return True


def forget_all(work: Work, account_id: str) -> int:
    """Forget every device of the account (its password changed, it was recovered); return how many there were."""
    gone = work.session.execute(delete(Device).where(Device.account_id == account_id).returning(Device.id)).all()
    if gone:
        work.audit("device.forgotten", target=account_id, before={"devices": len(gone)})
    return len(gone)


def forget_browser(work: Work, browser: Browser) -> None:
    """Forget this browser for everybody who used it: from now on it is a shared computer."""
    if browser.secret is None:
        return
    gone = delete(Device).where(Device.secret_hash == sha256(browser.secret)).returning(Device.account_id, Device.id)
    for account_id, device_id in work.session.execute(gone).all():
        work.audit("device.forgotten", target=account_id, before={"device": device_id}, reason="shared_computer")


def listing(session: Session, account_id: str) -> list[DeviceView]:
    """Return the account's devices, the one used last first."""
    return [_view(row) for row in session.scalars(by_use(account_id, _SHOWN))]


def forget_unseen(context: Context) -> int:
    """Job: remove devices that nobody used for longer than their cookie lives, in short transactions."""
    total = 0
    while True:
        with context.transaction() as work:
            gone = len(work.session.scalars(drop_unseen(work.now - KEPT, _BATCH)).all())
            work.session.execute(delete(SharedComputer).where(SharedComputer.used_at < work.now - KEPT))
        total += gone
        if gone < _BATCH:
            return total


def _row(session: Session, account_id: str, browser: Browser) -> Row[Any] | None:
    hashed = claimed_by(browser)
    if hashed is None:
        return None
    return session.execute(OF_BROWSER, {"account_id": account_id, "secret_hash": hashed}).one_or_none()


def _is_ours(session: Session, browser: Browser) -> bool:
    """Whether somebody else signed in at this very browser: then both keep using the one cookie."""
    if browser.secret is None:
        return False
    same = (Device.secret_hash == sha256(browser.secret)) & (Device.family == browser.family)
    return session.scalars(select(Device.id).where(same)).first() is not None


def _seen_now(work: Work, browser: Browser, *, proved: bool) -> dict[str, object]:
    told: dict[str, object] = {"label": browser.label[:120], "place": browser.place, "last_seen_at": work.now}
    return {**told, "proved_at": work.now} if proved else told


def _add(work: Work, account_id: str, browser: Browser, secret: str, *, proved: bool) -> str:
    told = {"proved_at": None, **_seen_now(work, browser, proved=proved)}
    family, hashed = browser.family[:60], sha256(secret)
    new = Device(id=work.ids.new("dev"), account_id=account_id, secret_hash=hashed, family=family, **told)
    new.first_seen_at = work.now
    try:
        with work.session.begin_nested():
            work.session.add(new)
    except IntegrityError:  # the same browser twice at once: the other request noted it
        other = work.session.execute(OF_BROWSER, {"account_id": account_id, "secret_hash": hashed}).one()
        return str(other.id)
    work.audit("device.added", target=account_id, after={"device": new.id})
    return new.id


def _view(row: Device) -> DeviceView:
    return DeviceView(
        row.id,
        row.label,
        row.place,
        row.first_seen_at,
        row.last_seen_at,
        row.proved_at,
        row.remembered_until,
    )
