"""The table of pushed requests and its guarded statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Delete, Insert, Select, String, Table, Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.oidc.faults.asking import REQUEST_URI_EXPIRED, REQUEST_URI_USED
from identity.oidc.faults.fault import Fault
from identity.oidc.parameters import Parameters
from identity.tables import Base
from shared.crypto import sha256
from shared.db import JsonColumn, UtcDateTime

PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2


class PushedRequest(Base):
    """One pushed request. Only the hash of its reference is kept.

    `expires_at`: until then a browser must arrive with it, or, once one has, be done; `jkt`: the key whose proof came
    with it; `used_at`: an answer went to the client.
    """

    __tablename__ = "oidc_pushed_requests"

    reference_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[dict[str, str]] = mapped_column(JsonColumn)
    resources: Mapped[list[str]] = mapped_column(JsonColumn)
    jkt: Mapped[str | None] = mapped_column(String(43))
    pushed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Pushed:
    """A pushed request as the rules see it. `id` is the hash of its reference, `uri` what the browser carries."""

    id: str
    uri: str
    asked: Parameters
    jkt: str | None
    arrived_at: datetime | None
    expires_at: datetime
    used_at: datetime | None

    def fault(self, now: datetime) -> Fault | None:
        """Return why nobody may go on with it, or None."""
        if self.used_at is not None:
            return REQUEST_URI_USED
        return REQUEST_URI_EXPIRED if self.expires_at <= now else None


requests = cast("Table", PushedRequest.__table__)
_NOW = bindparam("now", type_=UtcDateTime)
_OPEN = (requests.c.reference_hash == bindparam("id"), requests.c.used_at.is_(None), requests.c.expires_at > _NOW)

BY_REFERENCE: Select[Any] = select(requests).where(
    requests.c.reference_hash == bindparam("id"), requests.c.client_id == bindparam("client")
)
NEW: Insert = insert(requests)
# The single use: of any number of browsers with one reference, one brings an answer to the client.
USE_UP: Update = update(requests).where(*_OPEN).values(used_at=_NOW)
ARRIVE: Update = (
    update(requests)
    .where(*_OPEN, requests.c.arrived_at.is_(None))
    .values(arrived_at=_NOW, expires_at=bindparam("until", type_=UtcDateTime))
)


def find(session: Session, client_id: str, uri: str) -> Pushed | None:
    """Return what this client pushed under the reference, used and expired ones included; None for everything else."""
    reference = sha256(uri.removeprefix(PREFIX))
    row = session.execute(BY_REFERENCE, {"id": reference, "client": client_id}).one_or_none()
    if row is None:
        return None
    asked = Parameters(row.parameters, frozenset(), tuple(row.resources), readable=True)
    return Pushed(row.reference_hash, uri, asked, row.jkt, row.arrived_at, row.expires_at, row.used_at)


def expired(before: datetime, limit: int) -> Delete:
    """Delete a batch of requests that ended before an instant."""
    batch = select(requests.c.reference_hash).where(requests.c.expires_at < before).limit(limit)
    return delete(requests).where(requests.c.reference_hash.in_(batch))
