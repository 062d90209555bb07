"""The table of deliveries and the guarded statements that change it."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Delete,
    Index,
    Select,
    String,
    Table,
    UniqueConstraint,
    Update,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from identity.oidc.clients.models import clients
from identity.oidc.grants.models import grants
from identity.tables import Base
from shared.db import UtcDateTime


class LogoutDelivery(Base):
    """One app to be told of one ended session; the id is the `jti` of its token in every attempt.

    `due_at` of a row somebody works on is the end of their claim. `outcome` is a `schedule.End`, once settled.
    """

    __tablename__ = "oidc_logout_deliveries"
    __table_args__ = (UniqueConstraint("session_id", "client_id"), Index(None, "settled_at", "due_at"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(40))
    client_id: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))


deliveries = cast("Table", LogoutDelivery.__table__)
_of = deliveries.c

_NOW = bindparam("now", type_=UtcDateTime)
_WAITING = _of.settled_at.is_(None)
_DUE = _WAITING & (_of.due_at <= _NOW)

# Every grant counts, also one whose code nobody has redeemed yet or that was revoked: the app may have a session of
# its own from it, or be just about to.
GRANTS_OF_SESSION: Select[Any] = (
    select(grants.c.client_id, grants.c.account_id, grants.c.scopes)
    .join(clients, clients.c.id == grants.c.client_id)
    .where(grants.c.session_id == bindparam("session"), clients.c.backchannel_logout_uri.is_not(None))
)
APPS_WITH_DUE: Select[Any] = select(_of.client_id).where(_DUE).distinct()
DUE_OF_APP: Select[Any] = select(_of.id).where(_DUE, _of.client_id == bindparam("client")).order_by(_of.due_at, _of.id)

# Of any number of workers one gets the row, for as long as its claim lasts.
CLAIM: ReturningUpdate[Any] = (
    update(deliveries)
    .where(_of.id == bindparam("delivery"), _DUE)
    .values(due_at=bindparam("until", type_=UtcDateTime), attempts=_of.attempts + 1)
    .returning(deliveries)
)


def mine(delivery_id: str, attempt: int) -> Update:
    """An UPDATE of the row by whoever made this attempt: one whose claim ran out meanwhile changes nothing."""
    return update(deliveries).where(_of.id == delivery_id, _of.attempts == attempt, _WAITING)


def forgotten(before: datetime, limit: int) -> Delete:
    """Delete a batch of deliveries that were settled before an instant."""
    batch = select(_of.id).where(_of.settled_at < before).limit(limit)
    return delete(deliveries).where(_of.id.in_(batch))
