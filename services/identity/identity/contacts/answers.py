"""What an older address answers to a change: yes, it was me; no, undo it. The secret in its letter is the proof."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import changes, letters, rules, telling
from identity.contacts.models import ContactPoint, answer, kept
from identity.contacts.service import Contact, view
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work


@dataclass(frozen=True)
class Question:
    """What can be answered. `removed`: an address went, and may come back; else it came, and may be sent away.

    `waiting`: it is still in quarantine, so that a yes changes something.
    """

    contact: Contact
    removed: bool
    waiting: bool


@dataclass(frozen=True)
class Undone:
    """The change is taken back. `since`: when it was made; what was set up after that may be the intruder's."""

    account_id: str
    since: datetime


def look(session: Session, secret: str, now: datetime) -> Question | None:
    """Return what the link is about; None for one that is unknown, used or too old. Changes nothing (threat 33)."""
    usable = (ContactPoint.answer_hash == sha256(secret)) & (ContactPoint.answer_until > now)
    point = session.scalars(select(ContactPoint).where(usable)).one_or_none()
    if point is None:
        return None
    removed = point.removed_at is not None
    return Question(view(point), removed, waiting=not removed and not rules.is_trusted(point.trusted_from, now))


def agree(work: Work, secret: str) -> str | None:
    """Confirm an added address from an older one; once. Return the account id, or None where the link is over."""
    question = _use(work, secret)
    if question is None:
        return None
    if question.waiting:
        changes.confirm(work, question.contact.account_id, question.contact.id, "older_address")
    return question.contact.account_id


def undo(work: Work, secret: str) -> Undone | None:
    """Take a change back, once, and demand a new password; the caller ends sessions and takes away what came since.

    None where the link is over, or nothing can be taken back because the account would keep no e-mail address.
    """
    question = look(work.session, secret, work.now)
    if question is None or not _can_undo(work.session, question):
        return None
    if _use(work, secret) is None:
        return None
    account_id = question.contact.account_id
    accounts.hold(work, account_id)
    point = work.session.get_one(ContactPoint, question.contact.id, populate_existing=True)
    since = point.removed_at or point.added_at
    _bring_back(work, point) if question.removed else _send_away(work, point)
    telling.note(work, point, "undone", "older_address")
    telling.tell(work, point, letters.undone, "undone")
    accounts.require_reset(work, account_id, "contact_undone")
    return Undone(account_id, since)


def _use(work: Work, secret: str) -> Question | None:
    question = look(work.session, secret, work.now)
    used = question is not None and claimed(work.session.execute(answer(sha256(secret), work.now)))
    return question if used else None


def _can_undo(session: Session, question: Question) -> bool:
    contact = question.contact
    same_kind = kept(contact.account_id, ContactPoint.kind == contact.kind, ContactPoint.id != contact.id)
    others = list(session.scalars(same_kind))
    if question.removed:
        return contact.address not in {other.address for other in others}
    return contact.kind != "email" or any(other.proved_at for other in others)


def _send_away(work: Work, point: ContactPoint) -> None:
    """An intruder's address hears nothing more from here on."""
    was_main, point.is_primary = point.is_primary, False
    point.removed_at = point.told_until = work.now
    work.session.flush()
    if was_main:
        changes.restore_main(work, point.account_id, point.kind)


def _bring_back(work: Work, point: ContactPoint) -> None:
    point.removed_at = point.told_until = None
    work.session.flush()
