"""The table of accounts and the guarded statements that change it."""

from datetime import datetime

from sqlalchemy import Index, Select, String, Update, select, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.accounts.states import Status, sources_of
from identity.tables import Base
from shared.db import UtcDateTime


class Account(Base):
    """One person's sign-in. `version` counts changes and is the sequence of its events."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(None, "opened_by", "reference", unique=True),
        Index(None, "email_key"),
        Index(None, "rests_until"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    opened_by: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    user_id_canonical: Mapped[str | None] = mapped_column(String(200), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    email_verified: Mapped[bool]
    phone: Mapped[str | None] = mapped_column(String(40))
    phone_verified: Mapped[bool]
    population: Mapped[str] = mapped_column(String(20))
    staff_role: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]


def become(account_id: str, wanted: Status) -> Update:
    """An UPDATE to `wanted` that only an account in a state with a way there takes; of many rivals one wins."""
    may = (Account.id == account_id) & Account.status.in_([status.value for status in sources_of(wanted)])
    return update(Account).where(may).values(status=wanted.value, version=Account.version + 1)


def rest(account_id: str, until: datetime) -> Update:
    """An UPDATE that lets the account rest until the instant, and counts its version."""
    mine = update(Account).where(Account.id == account_id)
    return mine.values(rests_until=until, version=Account.version + 1)


def rested(now: datetime, limit: int) -> Select[str]:
    """Ids of accounts whose rest is over and nobody has said so yet."""
    return select(Account.id).where(Account.rests_until <= now).limit(limit)


def end_rest(account_id: str, now: datetime) -> Update:
    """An UPDATE that ends a rest which is over, once."""
    mine = update(Account).where(Account.id == account_id, Account.rests_until <= now)
    return mine.values(rests_until=None, version=Account.version + 1)
