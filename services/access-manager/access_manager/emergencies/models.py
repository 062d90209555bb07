"""What an organization lists for emergencies, and the uses of it, one unreviewed for each member."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, text, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.emergencies.rules import USUAL_MINUTES
from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime


class EmergencyPolicy(Base):
    """What members of an organization may take up, and for how long. No row means: nothing."""

    __tablename__ = "emergency_policies"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    minutes: Mapped[int] = mapped_column(default=USUAL_MINUTES)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class Emergency(Base):
    """One use. `ends_at` is when it ends by itself; `ended_at` stays empty until that was told, or it ended early."""

    __tablename__ = "emergencies"
    __table_args__ = (
        # The next use waits for the review of this one, whatever the program does.
        Index(
            "uq_emergencies_unreviewed",
            "membership_id",
            unique=True,
            sqlite_where=text("reviewed_at IS NULL"),
            postgresql_where=text("reviewed_at IS NULL"),
        ),
        Index("ix_emergencies_organization_id_started_at", "organization_id", "started_at"),
        Index("ix_emergencies_ended_at_ends_at", "ended_at", "ends_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    membership_id: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(64))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    reason: Mapped[str] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    finding: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)

    def runs(self, now: datetime) -> bool:
        """Whether it still lends anything at this instant."""
        return self.ended_at is None and self.ends_at > now


def unended(emergency: Emergency) -> Update:
    """Start the UPDATE that ends it: of a person, a manager and a job one does."""
    return _of(emergency).where(Emergency.ended_at.is_(None))


def unreviewed(emergency: Emergency) -> Update:
    """Start the UPDATE that reviews it: of two managers one does."""
    return _of(emergency).where(Emergency.reviewed_at.is_(None))


def _of(emergency: Emergency) -> Update:
    return update(Emergency).where(Emergency.id == emergency.id).execution_options(synchronize_session=False)
