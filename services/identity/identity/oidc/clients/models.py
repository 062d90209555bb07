"""The table of clients and its statements."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, String, Table, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from identity.oidc.clients.policy import Client
from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class ClientRow(Base):
    """One client. Secrets are keyed SHA-256 of 256 random bits; for a while after a rotation two of them work."""

    __tablename__ = "oidc_clients"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    redirect_uris: Mapped[list[str]] = mapped_column(JsonColumn)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(JsonColumn)
    any_loopback: Mapped[bool]
    minimum_acr: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    grant_types: Mapped[list[str]] = mapped_column(JsonColumn)
    populations: Mapped[list[str]] = mapped_column(JsonColumn)
    audiences: Mapped[list[str]] = mapped_column(JsonColumn)
    signing_alg: Mapped[str] = mapped_column(String(10))
    require_pkce: Mapped[bool]
    auth_methods: Mapped[list[str]] = mapped_column(JsonColumn)
    secret_hash: Mapped[str] = mapped_column(String(64))
    previous_secret_hash: Mapped[str | None] = mapped_column(String(64))
    previous_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


clients = cast("Table", ClientRow.__table__)

# Made once, so that SQLAlchemy compiles it once: this runs on every token request.
BY_ID: Select[Any] = select(clients).where(clients.c.id == bindparam("client_id"))


def client_of(row: Row[Any]) -> Client:
    """Return the client that a row of `BY_ID` describes."""
    return Client(
        id=row.id,
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        any_loopback=row.any_loopback,
        minimum_acr=row.minimum_acr,
        scopes=tuple(row.scopes),
        grant_types=tuple(row.grant_types),
        populations=tuple(row.populations),
        audiences=tuple(row.audiences),
        signing_alg=row.signing_alg,
        require_pkce=row.require_pkce,
        auth_methods=tuple(row.auth_methods),
        secret_hash=row.secret_hash,
        previous_secret_hash=row.previous_secret_hash,
        previous_secret_until=row.previous_secret_until,
        created_at=row.created_at,
    )
