"""The table of contact points and the guarded statements that change it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Index,
    Select,
    String,
    Update,
    bindparam,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import UtcDateTime, table_of


class ContactPoint(Base):
    """An address of one account.

    `trusted_from`: since when it may help to recover the account; None until it is proved. `removed_at`: it is used for
    nothing any more, except that it hears until `told_until` what happens. `answer_hash`: of the secret by which the
    older addresses confirm or undo a change, until `answer_until`.
    """

    __tablename__ = "contact_points"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254), index=True)
    is_primary: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trusted_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    answer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


_KEPT = ContactPoint.removed_at.is_(None)
Index(
    "uq_contact_points_kept_address",
    ContactPoint.account_id,
    ContactPoint.kind,
    ContactPoint.address_key,
    unique=True,
    sqlite_where=_KEPT,
    postgresql_where=_KEPT,
)
Index(
    "uq_contact_points_one_primary",
    ContactPoint.account_id,
    ContactPoint.kind,
    unique=True,
    sqlite_where=ContactPoint.is_primary.is_(True),
    postgresql_where=ContactPoint.is_primary.is_(True),
)


def kept(account_id: str, *more: ColumnElement[bool]) -> Select[ContactPoint]:
    """Select the addresses of an account, the main ones first, then by age."""
    mine = select(ContactPoint).where(ContactPoint.account_id == account_id, _KEPT, *more)
    return mine.order_by(ContactPoint.is_primary.desc(), ContactPoint.added_at, ContactPoint.id)


def hearing(account_id: str, now: datetime) -> Select[ContactPoint]:
    """Select every proved address that must hear what happens, just-removed ones included."""
    lately = or_(_KEPT, ContactPoint.told_until > now)
    proved = (ContactPoint.account_id == account_id) & ContactPoint.proved_at.is_not(None)
    return select(ContactPoint).where(proved, lately).order_by(ContactPoint.added_at, ContactPoint.id)


def trusted(now: datetime) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of an address that may help to recover at `now`."""
    return (_KEPT, ContactPoint.proved_at.is_not(None), ContactPoint.trusted_from <= now)


_POINTS = table_of(ContactPoint)
# Part of what is asked at every sign-in, so built once: whether an address of `account_id` is proved and at `now` not
# yet trusted to recover it, because it changed lately.
IN_QUARANTINE = exists().where(
    _POINTS.c.account_id == bindparam("account_id", type_=String),
    _POINTS.c.removed_at.is_(None),
    _POINTS.c.proved_at.is_not(None),
    _POINTS.c.trusted_from > bindparam("now", type_=UtcDateTime),
)


def change(contact_id: str, *guards: ColumnElement[bool]) -> Update:
    """An UPDATE of one address that only takes what the guards allow."""
    return update(ContactPoint).where(ContactPoint.id == contact_id, *guards)


def answer(secret_hash: str, now: datetime, **values: Any) -> Update:
    """An UPDATE that only the first of many rivals with the secret wins, and only in time."""
    usable = (ContactPoint.answer_hash == secret_hash) & (ContactPoint.answer_until > now)
    return update(ContactPoint).where(usable).values(answer_hash=None, answer_until=None, **values)


def forget(unproved_before: datetime, now: datetime) -> Delete:
    """A DELETE of what was added and never proved, and of what was removed long enough ago."""
    never = ContactPoint.proved_at.is_(None) & ContactPoint.is_primary.is_(False)
    gone = ContactPoint.removed_at.is_not(None) & (ContactPoint.told_until <= now)
    return delete(ContactPoint).where(or_(never & (ContactPoint.added_at < unproved_before), gone))
