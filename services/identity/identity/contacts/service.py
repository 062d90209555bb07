"""Where an account's person can be reached: listed, found by address, written to. What changes them is in `changes`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.accounts.states import Status
from identity.contacts import rules, telling
from identity.contacts.addresses import EMAIL, SMS, key, kind_of
from identity.contacts.letters import Letter
from identity.contacts.masking import masked
from identity.contacts.models import ContactPoint, kept, trusted
from shared.service import Work

_TAKEN = (Status.PENDING.value, Status.ACTIVE.value, Status.SUSPENDED.value)


@dataclass(frozen=True)
class Contact:
    """An address as other rooms see it. `trusted_from`: since when it may help to recover (aware UTC); None: never yet.

    `kind` is "email" or "sms"; `masked` is what may be shown to somebody who has not signed in.
    """

    id: str
    account_id: str
    kind: str
    address: str
    masked: str
    proved: bool
    trusted_from: datetime | None
    primary: bool
    proved_at: datetime | None = None


def listing(session: Session, account_id: str) -> list[Contact]:
    """Return the addresses of an account, the main ones first, unproved and quarantined ones included."""
    return [view(point) for point in session.scalars(kept(account_id))]


def for_recovery(session: Session, account_id: str, now: datetime) -> list[Contact]:
    """Return the addresses that may help to recover the account at `now`: proved and out of quarantine (C5)."""
    return [view(point) for point in session.scalars(kept(account_id, *trusted(now)))]


def accounts_at(session: Session, address: str, now: datetime) -> list[str]:
    """Return the ids of the accounts that may be recovered through this address, however it is spelled."""
    kind = kind_of(address)
    there = (ContactPoint.kind == kind, ContactPoint.address_key == key(kind, address))
    found = select(ContactPoint.account_id).where(*there, *trusted(now)).order_by(ContactPoint.account_id)
    return list(session.scalars(found.distinct()))


def owners_of(session: Session, email: str, population: str) -> list[str]:
    """Return the ids of the accounts of a population, taken and not closed, that proved this e-mail address."""
    owned = (
        select(ContactPoint.account_id)
        .join(Account, Account.id == ContactPoint.account_id)
        .where(ContactPoint.kind == EMAIL, ContactPoint.address_key == key(EMAIL, email))
        .where(ContactPoint.removed_at.is_(None), ContactPoint.proved_at.is_not(None))
        .where(Account.population == population, Account.status.in_(_TAKEN))
    )
    return list(session.scalars(owned.distinct().order_by(ContactPoint.account_id)))


def find(session: Session, account_id: str, contact_id: str) -> Contact | None:
    """Return an address of this account by its id; None for another person's (threat 15)."""
    point = session.scalars(kept(account_id, ContactPoint.id == contact_id)).one_or_none()
    return view(point) if point else None


def record_opening(work: Work, account: Account) -> None:
    """Take the addresses with which an account was opened; until it is taken, they follow what its opener says last.

    What the opener proved is trusted from the opening on. Calling it again changes nothing.
    """
    accounts.hold(work, account.id)  # two calls at once would both find no row
    work.session.flush()
    if account.status != Status.INVITED.value:
        return
    _follow(work, account, EMAIL, account.email, account.email_verified)
    _follow(work, account, SMS, account.phone, account.phone_verified)


def tell_everywhere(work: Work, account_id: str, letter: Letter, key: str) -> None:
    """Write to every proved e-mail address of an account, quarantined and just-removed ones included.

    `letter(words, display_name)` returns (subject, text) in the person's language. A person without any proved e-mail
    address gets the subject as a text message. The same `key` is told once (SP 800-63B-4 §4.6).
    """
    telling.tell_each(work, account_id, lambda _point: letter, key)
    telling.tell_unproved(work, account_id, letter, key)


def tell_by_trust(work: Work, account_id: str, to_trusted: Letter, to_others: Letter, key: str) -> None:
    """The same, with the letter that lets its reader act only for addresses that speak for the owner now (C5)."""

    def letter_for(point: ContactPoint) -> Letter:
        speaks = point.removed_at is None and rules.is_trusted(point.trusted_from, work.now)
        return to_trusted if speaks else to_others

    telling.tell_each(work, account_id, letter_for, key)
    telling.tell_unproved(work, account_id, to_trusted, key)


def view(point: ContactPoint) -> Contact:
    """Return a row as other rooms see it."""
    return Contact(
        id=point.id,
        account_id=point.account_id,
        kind=point.kind,
        address=point.address,
        masked=masked(point.kind, point.address),
        proved=point.proved_at is not None,
        trusted_from=point.trusted_from,
        primary=point.is_primary,
        proved_at=point.proved_at,
    )


def _follow(work: Work, account: Account, kind: str, address: str | None, proved: bool) -> None:
    known = work.session.scalars(kept(account.id, ContactPoint.kind == kind)).one_or_none()
    if known is not None and address is not None and known.address == address:
        known.proved_at = known.trusted_from = account.opened_at if proved else None
        return
    if known is not None:
        work.session.delete(known)
        work.session.flush()
    if address is not None:
        work.session.add(_opening_row(work, account, kind, address, proved))


def _opening_row(work: Work, account: Account, kind: str, address: str, proved: bool) -> ContactPoint:
    since = account.opened_at if proved else None
    return ContactPoint(
        id=work.ids.new("cpt"),
        account_id=account.id,
        kind=kind,
        address=address,
        address_key=key(kind, address),
        is_primary=True,
        added_at=account.opened_at,
        proved_at=since,
        trusted_from=since,
    )
