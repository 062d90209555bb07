"""The tables of grants and their guarded statements, in Core and compiled once: they run on every token request."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Delete,
    ForeignKey,
    Index,
    Insert,
    Select,
    String,
    Table,
    Update,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, Query, UtcDateTime


class Grant(Base):
    """One authorization. The code belongs to the row, so that using it twice finds everything that came from it.

    `expires_at` is the absolute end of everything issued under it; `audience` goes into its access tokens.
    """

    __tablename__ = "oidc_grants"
    __table_args__ = (Index(None, "expires_at"), Index(None, "account_id", "client_id"), Index(None, "session_id"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(40))
    session_id: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    audience: Mapped[list[str]] = mapped_column(JsonColumn)
    organization_id: Mapped[str | None] = mapped_column(String(64))
    organization_named: Mapped[bool] = mapped_column(server_default=false())  # by the app, in its request
    nonce: Mapped[str | None] = mapped_column(String(255))
    acr: Mapped[str] = mapped_column(String(40))
    amr: Mapped[list[str]] = mapped_column(JsonColumn)
    auth_time: Mapped[datetime] = mapped_column(UtcDateTime)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    code_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redirect_uri: Mapped[str] = mapped_column(String(4000))
    code_challenge: Mapped[str | None] = mapped_column(String(43))
    jkt: Mapped[str | None] = mapped_column(String(43))  # of the key it is bound to (RFC 9449 §6.1, §10)
    claims: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)  # what `claims` asked for (OIDC Core §5.5)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(40))


class RefreshToken(Base):
    """One refresh token of a grant; the grant is the family. Only the hash is kept."""

    __tablename__ = "oidc_refresh_tokens"
    __table_args__ = (Index(None, "grant_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    grant_id: Mapped[str] = mapped_column(String(40), ForeignKey("oidc_grants.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RevokedToken(Base):
    """An access token that was revoked before its time; forgotten when it would have expired."""

    __tablename__ = "oidc_revoked_tokens"

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


grants = cast("Table", Grant.__table__)
refresh_tokens = cast("Table", RefreshToken.__table__)
revoked_tokens = cast("Table", RevokedToken.__table__)

# The single use of a code: of any number of rivals one gets the row. Client, address, challenge and key are part of the
# guard, so a code in the wrong hands stays unusable there and is not spoilt for its owner.
CLAIM_CODE: Update = (
    update(grants)
    .where(
        grants.c.code_hash == bindparam("code"),
        grants.c.client_id == bindparam("client"),
        grants.c.redirect_uri == bindparam("uri"),
        func.coalesce(grants.c.code_challenge, "") == bindparam("challenge"),
        or_(grants.c.jkt.is_(None), grants.c.jkt == bindparam("jkt", type_=String)),
        grants.c.code_used_at.is_(None),
        grants.c.revoked_at.is_(None),
        grants.c.code_expires_at > bindparam("now", type_=UtcDateTime),
    )
    .values(
        code_used_at=bindparam("now", type_=UtcDateTime),
        jkt=func.coalesce(grants.c.jkt, bindparam("bound", type_=String)),
    )
)
BY_CODE: Select[Any] = select(grants).where(grants.c.code_hash == bindparam("code"))

# The single use of a refresh token, guarded in the same way.
CLAIM_REFRESH: Update = (
    update(refresh_tokens)
    .where(refresh_tokens.c.token_hash == bindparam("token"), refresh_tokens.c.used_at.is_(None))
    .values(used_at=bindparam("now", type_=UtcDateTime))
)
BY_REFRESH = Query(
    select(grants, refresh_tokens.c.used_at, refresh_tokens.c.expires_at.label("token_expires_at"))
    .join(grants, grants.c.id == refresh_tokens.c.grant_id)
    .where(refresh_tokens.c.token_hash == bindparam("token"))
)
# Both in one statement, its own transaction, where the database knows how (PostgreSQL): of rivals one gets a row.
_CLAIMED = CLAIM_REFRESH.returning(refresh_tokens.c.grant_id).cte("claimed")
TURN_REFRESH = Query(
    insert(refresh_tokens)
    .from_select(
        ["token_hash", "grant_id", "issued_at", "expires_at"],
        select(
            bindparam("successor", type_=String),
            _CLAIMED.c.grant_id,
            bindparam("now", type_=UtcDateTime),
            bindparam("ends", type_=UtcDateTime),
        ),
    )
    .add_cte(_CLAIMED)
    .returning(refresh_tokens.c.grant_id)
)
NEW_GRANT: Insert = insert(grants)
NEW_REFRESH: Insert = insert(refresh_tokens)

REVOKE_GRANT: Update = (
    update(grants)
    .where(grants.c.id == bindparam("grant"), grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=UtcDateTime), revoked_reason=bindparam("reason"))
)


def expired_grants(before: datetime, limit: int) -> Delete:
    """Delete a batch of grants that were over before an instant, with their refresh tokens."""
    batch = select(grants.c.id).where(grants.c.expires_at < before).limit(limit)
    return delete(grants).where(grants.c.id.in_(batch))


def expired_revocations(before: datetime, limit: int) -> Delete:
    """Delete a batch of revocations of tokens that had expired by themselves before an instant."""
    batch = select(revoked_tokens.c.jti).where(revoked_tokens.c.expires_at < before).limit(limit)
    return delete(revoked_tokens).where(revoked_tokens.c.jti.in_(batch))
