"""The table of device authorizations and its guarded statements (RFC 8628)."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Delete, Insert, Select, String, Table, Update, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime

ALLOWED, DENIED = "allowed", "denied"


class DeviceCode(Base):
    """One device that waits for its person. The device's code is kept as a hash; what the person types opens nothing.

    `account_id` is who typed the code first, and nobody else sees it from then on; `answer` is None, "allowed" or
    "denied"; `pause` is how many seconds the device must leave between two questions.
    """

    __tablename__ = "oidc_device_codes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    device_code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_code: Mapped[str] = mapped_column(String(8), unique=True)
    client_id: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    audience: Mapped[list[str]] = mapped_column(JsonColumn)
    pause: Mapped[int]
    polled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(String(10))
    grant_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


device_codes = cast("Table", DeviceCode.__table__)
_NOW = bindparam("now", type_=UtcDateTime)

NEW_DEVICE: Insert = insert(device_codes)
BY_DEVICE_CODE: Select[Any] = select(device_codes).where(device_codes.c.device_code_hash == bindparam("code"))
OF_PERSON: Select[Any] = select(device_codes).where(
    device_codes.c.id == bindparam("device"), device_codes.c.account_id == bindparam("account")
)

# Who types the code first is the one who answers; typing it again is no harm.
TYPED: Update = (
    update(device_codes)
    .where(
        device_codes.c.user_code == bindparam("typed"),
        or_(device_codes.c.account_id.is_(None), device_codes.c.account_id == bindparam("account")),
        device_codes.c.answer.is_(None),
        device_codes.c.expires_at > _NOW,
    )
    .values(account_id=bindparam("account"))
)
BY_USER_CODE: Select[Any] = select(device_codes.c.id).where(device_codes.c.user_code == bindparam("typed"))

# One answer, of one person, while somebody waits for it.
ANSWER: Update = (
    update(device_codes)
    .where(
        device_codes.c.id == bindparam("device"),
        device_codes.c.account_id == bindparam("account"),
        device_codes.c.answer.is_(None),
        device_codes.c.expires_at > _NOW,
    )
    .values(answer=bindparam("said"), grant_id=bindparam("grant"))
)

# The single use of a device's code: of any number of rivals one gets the tokens.
CLAIM_DEVICE: Update = (
    update(device_codes)
    .where(
        device_codes.c.device_code_hash == bindparam("code"),
        device_codes.c.answer == ALLOWED,
        device_codes.c.used_at.is_(None),
        device_codes.c.expires_at > _NOW,
    )
    .values(used_at=_NOW)
)
POLLED: Update = (
    update(device_codes)
    .where(device_codes.c.device_code_hash == bindparam("code"))
    .values(polled_at=_NOW, pause=bindparam("seconds"))
)


def expired_devices(before: datetime, limit: int) -> Delete:
    """Delete a batch of device authorizations that were over before an instant."""
    batch = select(device_codes.c.id).where(device_codes.c.expires_at < before).limit(limit)
    return delete(device_codes).where(device_codes.c.id.in_(batch))
