"""Access tokens that say nothing by themselves: 256 random bits, of which only the hash is kept, beside what they mean.

For clients whose APIs ask us about each token anyway: nothing of the person travels, and nobody can read it offline.
What a token means is the same as a signed one would say, so whatever reads tokens treats both alike.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Delete, Insert, String, Table, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.crypto import sha256
from shared.db import JsonColumn, Query, Source, UtcDateTime
from shared.service import Work

# A token says of itself what it is, to whoever finds it in a log, and to us before we look in any table.
PREFIX = "oat_"


class OpaqueToken(Base):
    """One opaque access token, until it ends. A revocation is written down as for every other token."""

    __tablename__ = "oidc_opaque_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    claims: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_tokens = cast("Table", OpaqueToken.__table__)
_NEW: Insert = insert(_tokens)
_BY_TOKEN = Query(select(_tokens.c.claims).where(_tokens.c.token_hash == bindparam("token")))


def write(work: Work, claims: Mapping[str, object]) -> str:
    """Keep what a new token means, with this transaction, and return its text."""
    token = PREFIX + work.ids.token()
    ends = datetime.fromtimestamp(int(cast("int", claims["exp"])), UTC)
    work.session.execute(_NEW, [{"token_hash": sha256(token), "claims": dict(claims), "expires_at": ends}])
    return token


def claims_of(source: Source, token: str) -> Mapping[str, object] | None:
    """Return what a token means, whether or not its time is over; None for one that we did not write."""
    found = _BY_TOKEN.first(source, {"token": sha256(token)})
    return None if found is None else cast("Mapping[str, object]", found.claims)


def expired(before: datetime, limit: int) -> Delete:
    """Delete a batch of tokens that ended before an instant."""
    batch = select(_tokens.c.token_hash).where(_tokens.c.expires_at < before).limit(limit)
    return delete(_tokens).where(_tokens.c.token_hash.in_(batch))
