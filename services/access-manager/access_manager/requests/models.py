"""The request's row, and the one guarded statement that closes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, text, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.requests.flow import State
from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime

_OPEN = text(f"state = '{State.OPEN.value}'")


class AccessRequest(Base):
    """What one member asks for in one organization. `version` grows when they add something to an open one.

    `note` is the person's, `reply` the manager's; both are read by the other side and told to nobody else.
    """

    __tablename__ = "access_requests"
    __table_args__ = (
        # One open request for each person and organization, whatever the program does.
        Index(
            "uq_access_requests_open",
            "account_id",
            "organization_id",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_access_requests_account_id_organization_id_asked_at", "account_id", "organization_id", "asked_at"),
        Index("ix_access_requests_organization_id_state_asked_at", "organization_id", "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    note: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(30), default=State.OPEN.value)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    reason: Mapped[str | None] = mapped_column(String(40))
    reply: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


def while_open(request_id: str) -> Update:
    """Start the UPDATE that decides, withdraws or adds: of many rivals exactly one claims the open row."""
    return (
        update(AccessRequest)
        .where(AccessRequest.id == request_id, AccessRequest.state == State.OPEN.value)
        .execution_options(synchronize_session=False)
    )
