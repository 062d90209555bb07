"""The table of clients and its statements."""

from dataclasses import fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import String, Table, bindparam, false, select, true
from sqlalchemy.orm import Mapped, mapped_column

from identity.oidc.clients.policy import Client
from identity.tables import Base
from shared.db import JsonColumn, Query, SealedHash, UtcDateTime


class ClientRow(Base):
    """One client. Secrets are sealed SHA-256 of 256 random bits; for a while after a rotation two of them work."""

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
    profile: Mapped[str] = mapped_column(String(20), server_default="first-party")
    require_par: Mapped[bool] = mapped_column(server_default=false())
    auth_signing_alg: Mapped[str | None] = mapped_column(String(10))
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    jwks_uri: Mapped[str | None] = mapped_column(String(2000))
    dpop_bound: Mapped[bool] = mapped_column(server_default=false())
    access_token_format: Mapped[str] = mapped_column(String(10), server_default="jwt")
    access_token_seconds: Mapped[int] = mapped_column(server_default="600")
    grant_hours: Mapped[int] = mapped_column(server_default="12")
    refresh_rotation: Mapped[str] = mapped_column(String(10), server_default="rotate")
    refresh_grace_seconds: Mapped[int] = mapped_column(server_default="0")
    backchannel_logout_uri: Mapped[str | None] = mapped_column(String(2000))
    first_party: Mapped[bool] = mapped_column(server_default=true())
    purpose: Mapped[str | None] = mapped_column(String(300))
    client_uri: Mapped[str | None] = mapped_column(String(2000))
    policy_uri: Mapped[str | None] = mapped_column(String(2000))
    tos_uri: Mapped[str | None] = mapped_column(String(2000))
    justification: Mapped[str | None] = mapped_column(String(500))
    enabled: Mapped[bool] = mapped_column(server_default=true())
    secret_hash: Mapped[str] = mapped_column(SealedHash(64))
    previous_secret_hash: Mapped[str | None] = mapped_column(SealedHash(64))
    previous_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


clients = cast("Table", ClientRow.__table__)

# Made once, so that SQLAlchemy compiles it once: this runs on every token request.
BY_ID = Query(select(clients).where(clients.c.id == bindparam("client_id")))


_FIELDS = tuple(field.name for field in fields(Client))


def client_of(row: Any) -> Client:
    """Return the client that a row of `BY_ID` describes."""
    return Client(**{name: _frozen(getattr(row, name)) for name in _FIELDS})


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value
