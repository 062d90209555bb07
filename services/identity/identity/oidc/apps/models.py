"""The table of what people allow apps of others."""

from datetime import datetime
from typing import cast

from sqlalchemy import Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class ConsentRow(Base):
    """One person's yes to one app, until it is withdrawn. `topics`: all that was allowed, in the words of scopes."""

    __tablename__ = "oidc_consents"
    __table_args__ = (Index(None, "client_id"),)

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    topics: Mapped[list[str]] = mapped_column(JsonColumn)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


consents = cast("Table", ConsentRow.__table__)
