"""The approval row, the marks of applications that ended before we heard of them, and the one guarded statement."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.approvals.flow import State
from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime


class Approval(Base):
    """One request to join. `escalated_at` marks that no manager was there to ask, so the support desk must look.

    `lines`: the lines of business it is for; none named means all. `remind_at`: when its managers are reminded next,
    `later_reminders`: after that, as RFC 3339 text.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index("ix_approvals_organization_id_state_submitted_at", "organization_id", "state", "submitted_at"),
        Index("ix_approvals_account_id_state", "account_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    application_id: Mapped[str] = mapped_column(String(64), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(40))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    lines: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list, server_default="[]")
    state: Mapped[str] = mapped_column(String(30), default=State.OPEN.value)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    later_reminders: Mapped[Sequence[str] | None] = mapped_column(JsonColumn)
    granted: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class EndedApplication(Base):
    """An application that registration closed; kept because its opening may arrive later than its end."""

    __tablename__ = "ended_applications"

    application_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(30))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


def while_open(approval_id: str) -> Update:
    """Start the UPDATE that decides: of many rivals exactly one claims the open row."""
    return (
        update(Approval)
        .where(Approval.id == approval_id, Approval.state == State.OPEN.value)
        .execution_options(synchronize_session=False)
    )
