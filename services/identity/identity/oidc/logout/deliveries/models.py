"""The table of deliveries, and what is asked of it."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, Select, String, Table, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.oidc.clients.models import clients
from identity.oidc.grants.models import grants
from identity.oidc.outbound.debts import Debts
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

_DUE = _of.settled_at.is_(None) & (_of.due_at <= bindparam("now", type_=UtcDateTime))

# Every grant counts, also one whose code nobody has redeemed yet or that was revoked: the app may have a session of
# its own from it, or be just about to.
GRANTS_OF_SESSION: Select[Any] = (
    select(grants.c.client_id, grants.c.account_id, grants.c.scopes)
    .join(clients, clients.c.id == grants.c.client_id)
    .where(grants.c.session_id == bindparam("session"), clients.c.backchannel_logout_uri.is_not(None))
)
APPS_WITH_DUE: Select[Any] = select(_of.client_id).where(_DUE).distinct()
DUE_OF_APP: Select[Any] = select(_of.id).where(_DUE, _of.client_id == bindparam("client")).order_by(_of.due_at, _of.id)

DEBTS = Debts(deliveries, deliveries.c.attempts)
