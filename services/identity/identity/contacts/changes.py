"""What happens to the addresses of an account: added, proved, confirmed, made the main one, removed, undone.

Every change that counts is told to every address (SP 800-63B-4 §4.6). The doors have made sure who acts, and freshly.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import letters, rules, telling
from identity.contacts.addresses import EMAIL, key
from identity.contacts.masking import masked
from identity.contacts.models import ContactPoint, change, forget, kept
from identity.contacts.rules import Kept, Standing
from identity.contacts.service import Contact, view
from identity.policies import service as policies
from shared.db import claimed
from shared.service import Context, Work


@dataclass(frozen=True)
class Refused:
    """An address was not added. `why`: "known" (the account has it and it is proved) or "many"."""

    why: str


def add(work: Work, account_id: str, kind: str, address: str) -> Contact | Refused:
    """Note an address that its person says is theirs; it counts for nothing until a code from there is typed.

    Asking again for one that still waits gives the same one again.
    """
    accounts.hold(work, account_id)
    same = (ContactPoint.kind == kind, ContactPoint.address_key == key(kind, address))
    known = work.session.scalars(kept(account_id, *same)).one_or_none()
    if known is not None:
        return Refused("known") if known.proved_at else view(known)
    if _count(work, account_id) >= rules.MOST:
        return Refused("many")
    point = ContactPoint(
        id=work.ids.new("cpt"),
        account_id=account_id,
        kind=kind,
        address=address,
        address_key=key(kind, address),
        is_primary=False,
        added_at=work.now,
    )
    work.session.add(point)
    work.session.flush()
    work.audit("contact.asked", target=account_id, after={"contact": point.id, "kind": kind})
    return view(point)


def prove(work: Work, account_id: str, contact_id: str) -> Contact | None:
    """The right code was typed: the address is the person's. None where it was proved or removed meanwhile.

    Its quarantine begins, unless the account was opened with it; every address hears of it, the older ones with a link.
    """
    point = _mine(work, account_id, contact_id, ContactPoint.proved_at.is_(None))
    if point is None:
        return None
    hours = policies.current(work.session).quarantine_hours
    from_opening = point.is_primary
    point.proved_at = work.now
    point.trusted_from = rules.trusted_from(work.now, timedelta(hours=hours), from_opening=from_opening)
    point.is_primary = from_opening or _first_of_kind(work.session, point)
    work.session.flush()
    if point.is_primary:
        accounts.mirror_contact(work, account_id, point.kind, point.address)
    telling.note(work, point, "added")
    telling.added(work, point)
    return view(point)


def confirm(work: Work, account_id: str, contact_id: str, how: str) -> bool:
    """End an address's quarantine now; once. `how`: "second_factor" or "older_address", for the audit."""
    quarantined = change(
        contact_id,
        ContactPoint.account_id == account_id,
        ContactPoint.removed_at.is_(None),
        ContactPoint.trusted_from > work.now,
    )
    if not claimed(work.session.execute(quarantined.values(trusted_from=work.now))):
        return False
    point = work.session.get_one(ContactPoint, contact_id, populate_existing=True)
    telling.note(work, point, "confirmed", how)
    telling.tell(work, point, letters.confirmed(masked(point.kind, point.address)), "confirmed")
    return True


def make_main(work: Work, account_id: str, contact_id: str) -> bool:
    """Make a trusted address the main one of its kind, which organizations and apps see. False for any other."""
    point = _mine(work, account_id, contact_id, ContactPoint.trusted_from <= work.now)
    if point is None or point.is_primary:
        return False
    _set_main(work, point)
    telling.note(work, point, "made_main")
    telling.tell(work, point, letters.made_main(masked(point.kind, point.address)), "main")
    return True


def remove(work: Work, account_id: str, contact_id: str) -> Kept | None:
    """Remove an address, or return why it stays. What was never proved goes without a word."""
    point = _mine(work, account_id, contact_id)
    if point is None:
        return None
    if point.proved_at is None and not point.is_primary:
        point.removed_at = work.now  # the row stays for a day, so that it counts among those asked for
        return None
    stays = _stays(work, point)
    if stays is not None:
        return stays
    was_main, point.is_primary = point.is_primary, False
    point.removed_at, point.told_until = work.now, work.now + rules.HEARD
    work.session.flush()
    if was_main:
        restore_main(work, account_id, point.kind)
    telling.note(work, point, "removed")
    telling.removed(work, point)
    return None


def restore_main(work: Work, account_id: str, kind: str) -> None:
    """After the main address of a kind was taken back: the oldest trusted one takes its place; a mobile may be none."""
    trusted = kept(account_id, ContactPoint.kind == kind, ContactPoint.trusted_from <= work.now)
    oldest = work.session.scalars(trusted.limit(1)).one_or_none()
    if oldest is not None:
        _set_main(work, oldest)
    else:
        accounts.mirror_contact(work, account_id, kind, None)


def forget_old(context: Context) -> int:
    """Job: remove addresses that nobody proved within a day, and removed ones that nobody can bring back."""
    with context.transaction() as work:
        gone = forget(work.now - rules.UNPROVED, work.now).returning(ContactPoint.id)
        return len(work.session.scalars(gone).all())


def _mine(work: Work, account_id: str, contact_id: str, *guards: ColumnElement[bool]) -> ContactPoint | None:
    """Return the row, locked with its account, if it is this person's and the guards allow it."""
    accounts.hold(work, account_id)
    found = kept(account_id, ContactPoint.id == contact_id, *guards)
    return work.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _stays(work: Work, point: ContactPoint) -> Kept | None:
    rows = work.session.scalars(kept(point.account_id, ContactPoint.proved_at.is_not(None)))
    all_of_account = [_standing(row) for row in rows]
    return rules.stands_against_removal(_standing(point), all_of_account, work.now)


def _standing(point: ContactPoint) -> Standing:
    return Standing(point.id, point.is_primary and point.kind == EMAIL, point.trusted_from)


def _count(work: Work, account_id: str) -> int:
    """Count the addresses there are and those asked for lately: else anybody's mailbox could be filled with codes."""
    asked_lately = ContactPoint.proved_at.is_(None) & (ContactPoint.added_at > work.now - rules.UNPROVED)
    counting = or_(ContactPoint.removed_at.is_(None), asked_lately)
    found = select(func.count()).where(ContactPoint.account_id == account_id, counting)
    return work.session.scalar(found) or 0


def _first_of_kind(session: Session, point: ContactPoint) -> bool:
    """A first mobile is the main one at once; e-mail always has one from the opening."""
    main = kept(point.account_id, ContactPoint.kind == point.kind, ContactPoint.is_primary.is_(True))
    return session.scalars(main).first() is None


def _set_main(work: Work, point: ContactPoint) -> None:
    same_kind = (ContactPoint.account_id == point.account_id) & (ContactPoint.kind == point.kind)
    work.session.execute(update(ContactPoint).where(same_kind).values(is_primary=False))
    work.session.execute(change(point.id).values(is_primary=True))
    accounts.mirror_contact(work, point.account_id, point.kind, point.address)
