"""The tables of devices and of shared computers, and the guarded statements that change them."""

from datetime import datetime

from sqlalchemy import (
    Delete,
    Index,
    Select,
    String,
    UniqueConstraint,
    Update,
    and_,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from identity.tables import Base
from shared.db import UtcDateTime, table_of


class Device(Base):
    """One browser of one account; two people at one browser have a row each. The cookie's secret is kept as a hash."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("account_id", "secret_hash"),
        Index(None, "secret_hash"),
        Index(None, "last_seen_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    secret_hash: Mapped[str] = mapped_column(String(64))
    family: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(120))
    place: Mapped[str | None] = mapped_column(String(170))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remembered_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SharedComputer(Base):
    """A browser that many people use: only the session it held last, so that the next person ends it. No names."""

    __tablename__ = "shared_computers"
    __table_args__ = (Index(None, "used_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # the hash of what the cookie holds
    session_id: Mapped[str] = mapped_column(String(40))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


DEVICES = table_of(Device)
# Asked and written at every sign-in, so built once. The device of `account_id` behind the cookie `secret_hash`; and its
# use, which takes `this` (its id), `whose` (the account's) and the columns to set.
BEHIND = and_(
    DEVICES.c.account_id == bindparam("account_id", type_=String),
    DEVICES.c.secret_hash == bindparam("secret_hash", type_=String),
)
VIEWED = tuple(
    DEVICES.c[name]
    for name in ("id", "label", "place", "first_seen_at", "last_seen_at", "proved_at", "remembered_until", "family")
)
OF_BROWSER = select(*VIEWED).where(BEHIND)
USED = update(DEVICES).where(DEVICES.c.id == bindparam("this"), DEVICES.c.account_id == bindparam("whose"))


def by_use(account_id: str, limit: int) -> Select[Device]:
    """The devices of an account, the one used last first."""
    mine = select(Device).where(Device.account_id == account_id)
    return mine.order_by(Device.last_seen_at.desc(), Device.id).limit(limit)


def change(account_id: str, device_id: str) -> Update:
    """An UPDATE of this device, if it is this account's."""
    return update(Device).where(Device.id == device_id, Device.account_id == account_id)


def drop(account_id: str, device_id: str) -> Delete:
    """A DELETE of this device, if it is this account's."""
    return delete(Device).where(Device.id == device_id, Device.account_id == account_id)


def drop_unseen(before: datetime, limit: int) -> ReturningDelete[str]:
    """A DELETE of devices that nobody used since the instant, at most `limit` of them; gives their ids."""
    old = select(Device.id).where(Device.last_seen_at < before).limit(limit)
    return delete(Device).where(Device.id.in_(old)).returning(Device.id)
