"""One row per account that this service has heard of; the versions of the terms of use."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import UtcDateTime, table_of


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


PEOPLE = table_of(Person)
