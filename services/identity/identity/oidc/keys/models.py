"""The table of signing keys and its statements."""

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Index, Select, String, Update, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.oidc.keys.life import State
from identity.tables import Base
from shared.db import JsonColumn, SealedText, UtcDateTime

_LIVING = text("state IN ('next', 'active')")


class SigningKey(Base):
    """One key pair. `private_box` is the private JWK, encrypted; it never leaves this row in the clear."""

    __tablename__ = "oidc_signing_keys"
    # One active and one next key of each algorithm, whatever two bootstraps at once may try.
    __table_args__ = (
        Index(
            "uq_oidc_signing_keys_living",
            "algorithm",
            "state",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
    )

    kid: Mapped[str] = mapped_column(String(40), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    private_box: Mapped[str] = mapped_column(SealedText(8000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def every() -> Select[SigningKey]:
    """All keys, the oldest first."""
    return select(SigningKey).order_by(SigningKey.created_at, SigningKey.kid)


def move(kid: str, source: State, target: State, now: datetime) -> Update:
    """An UPDATE along the life of a key; of two rotations at once one wins."""
    at = {State.ACTIVE: "activated_at", State.RETIRED: "retired_at"}[target]
    mine = (SigningKey.kid == kid) & (SigningKey.state == source.value)
    return update(SigningKey).where(mine).values({"state": target.value, at: now})


def forget(before: datetime) -> Delete:
    """Delete keys that retired before an instant."""
    return delete(SigningKey).where(SigningKey.state == State.RETIRED.value, SigningKey.retired_at < before)
