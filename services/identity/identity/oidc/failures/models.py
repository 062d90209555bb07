"""The table of failures: one row for each client and code, so that it cannot grow, whoever fails how often."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Delete, Index, Select, String, Table, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class ClientFailure(Base):
    """How often a client failed with a code, and the newest examples of it.

    `examples`: at most `recorder.EXAMPLES`, the newest first, each {"at", "where", "received": {name: text}, "detail"}.
    """

    __tablename__ = "oidc_client_failures"
    __table_args__ = (Index(None, "client_id"), Index(None, "last_at"))

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(12))
    times: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    examples: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)


failures = cast("Table", ClientFailure.__table__)

OF_CLIENT: Select[Any] = (
    select(failures).where(failures.c.client_id == bindparam("client_id")).order_by(failures.c.last_at.desc())
)


def forgotten(before: datetime, limit: int) -> Delete:
    """Delete a batch of rows whose newest failure was before an instant."""
    batch = select(failures.c.id).where(failures.c.last_at < before).limit(limit)
    return delete(failures).where(failures.c.id.in_(batch))
