"""One row per account that this service has heard of, with the guarded statements that keep it in order; terms too."""

from datetime import datetime

from sqlalchemy import String, Update, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import UtcDateTime


class Person(Base):
    """An account as others told us. `sequence` is the version of identity's last event that was taken.

    Until identity told anything it is 0 and `status` is unknown, then pending, active, locked or closed. What identity
    tells of contact points has an order of its own, `contact_sequence`: it does not say how the account stands.
    `digested_at` is when a manager who wants one mail a day got the last one; None: each request is written at once.
    `last_seen_at` is the newest sign-in anybody told of; None where there was none since this column exists.
    `terms_version` is the highest version of the terms of use that the person accepted, 0 where none.
    """

    __tablename__ = "people"

    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    population: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="unknown")
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(default=0)
    contact_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    digested_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    terms_version: Mapped[int] = mapped_column(default=0, server_default="0")


class TermsVersion(Base):
    """A version of the terms of use, and from when it counts; neither ever changes."""

    __tablename__ = "terms_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)


def newer(account_id: str, sequence: int) -> Update:
    """Start an UPDATE that claims nothing when the row already knows `sequence` or later."""
    return (
        update(Person)
        .where(Person.account_id == account_id, Person.sequence < sequence)
        .execution_options(synchronize_session=False)
    )


def newer_contact(account_id: str, sequence: int) -> Update:
    """The same for what is told of contact points."""
    return (
        update(Person)
        .where(Person.account_id == account_id, Person.contact_sequence < sequence)
        .execution_options(synchronize_session=False)
    )


def seen_later(account_id: str, at: datetime) -> Update:
    """Start an UPDATE that claims nothing when the person was seen at `at` or later: the newest sign-in stays."""
    return (
        update(Person)
        .where(Person.account_id == account_id, or_(Person.last_seen_at.is_(None), Person.last_seen_at < at))
        .execution_options(synchronize_session=False)
    )


def accepted_later(account_id: str, version: int) -> Update:
    """Start an UPDATE that claims nothing when the person accepted `version` or a higher one."""
    return (
        update(Person)
        .where(Person.account_id == account_id, Person.terms_version < version)
        .execution_options(synchronize_session=False)
    )
