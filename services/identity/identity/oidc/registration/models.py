"""The tables of registration and the guarded statements that change them."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Delete, String, Table, Update, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class InitialToken(Base):
    """What an operator lets somebody register, how often and until when. The token itself is only a hash."""

    __tablename__ = "oidc_initial_tokens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    profile: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(300))
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    populations: Mapped[list[str]] = mapped_column(JsonColumn)
    uses_left: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Registration(Base):
    """A client that registered itself: the hash of its token, and the scopes it may ever choose from."""

    __tablename__ = "oidc_registrations"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    initial_token_id: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)


initial_tokens = cast("Table", InitialToken.__table__)
registrations = cast("Table", Registration.__table__)
_NOW = bindparam("now", type_=UtcDateTime)

# Of any number of callers with one token, as many get in as it has uses left.
USE: ReturningUpdate[Any] = (
    update(initial_tokens)
    .where(
        initial_tokens.c.token_hash == bindparam("hash"),
        initial_tokens.c.uses_left > 0,
        initial_tokens.c.expires_at > _NOW,
    )
    .values(uses_left=initial_tokens.c.uses_left - 1)
    .returning(initial_tokens)
)
WITHDRAW: Update = (
    update(initial_tokens)
    .where(initial_tokens.c.id == bindparam("token_id"), initial_tokens.c.uses_left > 0)
    .values(uses_left=0)
)
# A registration access token is good once for a change: of two changes with one token the second finds nothing.
ROTATE: Update = (
    update(registrations)
    .where(registrations.c.client_id == bindparam("client"), registrations.c.token_hash == bindparam("hash"))
    .values(token_hash=bindparam("fresh"), rotated_at=_NOW)
)


def end(client_id: str, token_hash: str) -> Delete:
    """Delete a registration by its own token."""
    mine = registrations.c
    return delete(registrations).where(mine.client_id == client_id, mine.token_hash == token_hash)


def forgotten(before: datetime, limit: int) -> Delete:
    """Delete a batch of initial tokens that expired before an instant."""
    batch = select(initial_tokens.c.id).where(initial_tokens.c.expires_at < before).limit(limit)
    return delete(initial_tokens).where(initial_tokens.c.id.in_(batch))
