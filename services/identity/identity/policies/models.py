"""The tables of departures from the defaults; who has no row is as everybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime, insert_into, table_of


class PolicyValue(Base):
    """One value of the suite that departs from its default."""

    __tablename__ = "policies"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[object] = mapped_column(JsonColumn)
    justification: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


# Asked in nearly every transaction, so built once, of plain columns.
POLICIES = table_of(PolicyValue)
VALUES = select(POLICIES.c.name, POLICIES.c.value)


class OrganizationValue(Base):
    """What one organization is held to."""

    __tablename__ = "organization_policies"

    organization_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    idle_minutes: Mapped[int | None]
    life_hours: Mapped[int | None]
    minimum_acr: Mapped[str | None] = mapped_column(String(40))
    function_acr: Mapped[dict[str, str]] = mapped_column(JsonColumn)
    justification: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


def put(session: Session, model: type[Base], values: Mapping[str, Any]) -> None:
    """Write a row or replace it; of two operators at once both succeed, and the later one's value stays."""
    key = list(model.__table__.primary_key)
    new = insert_into(session, model).values(**values)
    session.execute(new.on_conflict_do_update(index_elements=key, set_=dict(values)))
