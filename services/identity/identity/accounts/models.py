"""The table of accounts and the guarded statements that change it."""

from datetime import datetime

from sqlalchemy import Index, Select, String, Update, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.accounts.states import Status, sources_of
from identity.tables import Base
from shared.db import UtcDateTime, table_of


class Account(Base):
    """One person's sign-in. `version` counts changes and is the sequence of its events.

    `held_from`: where a suspended account returns to. `held_reason`: why it is suspended or closed, for the desk alone.
    `support_code`: what its person reads out on the phone. `reset_required_at`: since when a new password is demanded.
    `nudged_at`: when its person was last asked to add a second way of signing in.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index(None, "opened_by", "reference", unique=True),
        Index(None, "email_key"),
        Index(None, "rests_until"),
        Index(None, "support_code", unique=True),
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
    held_from: Mapped[str | None] = mapped_column(String(20))
    held_reason: Mapped[str | None] = mapped_column(String(200))
    support_code: Mapped[str | None] = mapped_column(String(8))
    reset_required_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    nudged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ACCOUNTS = table_of(Account)
# The lock under which what happens to an account happens once at a time; `TAKEN` for sign-in, which asks no more.
HELD = select(Account).where(Account.id == bindparam("account_id")).with_for_update()
TAKEN = (
    select(
        *(ACCOUNTS.c[name] for name in ("id", "population", "status", "support_code", "reset_required_at", "nudged_at"))
    )
    .where(ACCOUNTS.c.id == bindparam("account_id"))
    .with_for_update()
)


def become(account_id: str, wanted: Status) -> Update:
    """An UPDATE to `wanted` that only an account in a state with a way there takes; of many rivals one wins."""
    may = (Account.id == account_id) & Account.status.in_([status.value for status in sources_of(wanted)])
    return update(Account).where(may).values(status=wanted.value, version=Account.version + 1)


def rest(account_id: str, until: datetime) -> Update:
    """An UPDATE that lets an account that can sign in rest until the instant, and counts its version."""
    able = Account.status.in_([Status.PENDING.value, Status.ACTIVE.value])
    mine = update(Account).where(Account.id == account_id, able)
    return mine.values(rests_until=until, version=Account.version + 1)


def rested(now: datetime, limit: int) -> Select[str]:
    """Ids of accounts whose rest is over and nobody has said so yet."""
    return select(Account.id).where(Account.rests_until <= now).limit(limit)


def end_rest(account_id: str, until: datetime) -> Update:
    """An UPDATE that ends a rest which lasts no longer than `until`, once."""
    mine = update(Account).where(Account.id == account_id, Account.rests_until <= until)
    return mine.values(rests_until=None, version=Account.version + 1)


def suspend(account_id: str, reason: str, support_code: str) -> Update:
    """An UPDATE that holds the account and remembers where from; a rest it had is part of the hold."""
    held = {"held_from": Account.status, "held_reason": reason, "support_code": support_code, "rests_until": None}
    return become(account_id, Status.SUSPENDED).values(held)


def reinstate(account_id: str, back_to: Status) -> Update:
    """An UPDATE that lets a suspended account go to where it came from, if that is `back_to`."""
    from_there = (Account.status == Status.SUSPENDED.value) & (Account.held_from == back_to.value)
    let_go = {"held_from": None, "held_reason": None, "support_code": None}
    return become(account_id, back_to).where(from_there).values(let_go)


def close(account_id: str, reason: str, support_code: str, now: datetime) -> Update:
    """An UPDATE that closes the account for good, once."""
    over = {"held_from": None, "held_reason": reason, "support_code": support_code, "rests_until": None}
    return become(account_id, Status.CLOSED).values({**over, "closed_at": now})


def promise_active(account_id: str) -> Update:
    """An UPDATE for a membership that arrives while its account is held: it will return as an active one."""
    waiting = (Account.status == Status.SUSPENDED.value) & (Account.held_from == Status.PENDING.value)
    mine = update(Account).where(Account.id == account_id, waiting)
    return mine.values(held_from=Status.ACTIVE.value, version=Account.version + 1)
