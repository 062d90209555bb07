"""The projection of memberships: one row for each membership, with the newest version that arrived."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime, table_of


class Membership(Base):
    """An account in an organization. `sequence` is the version that access-manager gave it.

    `function_ends` names the functions that end before the membership does, as RFC 3339 text.
    """

    __tablename__ = "memberships"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), index=True)
    organization_id: Mapped[str] = mapped_column(String(64), index=True)
    organization: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    status: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    functions: Mapped[list[str]] = mapped_column(JsonColumn)
    function_ends: Mapped[dict[str, str]] = mapped_column(JsonColumn, default=dict, server_default="{}")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


_NOW = bindparam("now", type_=UtcDateTime)
# Asked at every sign-in, so built once: what is told of the memberships of `account_id` that count at `now`.
MEMBERSHIPS = table_of(Membership)
_ROWS = MEMBERSHIPS.c
COUNTING = and_(
    _ROWS.account_id == bindparam("account_id", type_=String),
    _ROWS.status == "active",
    _ROWS.starts_at <= _NOW,
    or_(_ROWS.ends_at.is_(None), _ROWS.ends_at > _NOW),
)
TOLD = (_ROWS.id, _ROWS.organization, _ROWS.functions, _ROWS.role, _ROWS.ends_at, _ROWS.function_ends)
RUNNING = select(*TOLD).where(COUNTING)
