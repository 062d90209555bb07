"""The projection of memberships: one row for each membership, with the newest version that arrived."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime, table_of


class Membership(Base):
    """An account in an organization. `sequence` is the version that access-manager gave it."""

    __tablename__ = "memberships"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), index=True)
    organization_id: Mapped[str] = mapped_column(String(64), index=True)
    organization: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    status: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    functions: Mapped[list[str]] = mapped_column(JsonColumn)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


_NOW = bindparam("now", type_=UtcDateTime)
# The memberships of `account_id` that count at `now`; asked at every sign-in, so built once.
_ROWS = table_of(Membership)
RUNNING = select(_ROWS).where(
    _ROWS.c.account_id == bindparam("account_id"),
    _ROWS.c.status == "active",
    _ROWS.c.starts_at <= _NOW,
    or_(_ROWS.c.ends_at.is_(None), _ROWS.c.ends_at > _NOW),
)
