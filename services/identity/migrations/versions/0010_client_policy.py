"""What a client may be registered with: keys, profiles, lives, consent; and what its grants are bound to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _of_clients() -> tuple[sa.Column[Any], ...]:
    """Clients of before stand as they were: first party, secrets, ten minutes, rotation without grace."""
    return (
        sa.Column("profile", sa.String(20), nullable=False, server_default="first-party"),
        sa.Column("require_par", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("auth_signing_alg", sa.String(10)),
        sa.Column("jwks", JsonColumn),
        sa.Column("jwks_uri", sa.String(2000)),
        sa.Column("dpop_bound", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("access_token_format", sa.String(10), nullable=False, server_default="jwt"),
        sa.Column("access_token_seconds", sa.Integer, nullable=False, server_default="600"),
        sa.Column("grant_hours", sa.Integer, nullable=False, server_default="12"),
        sa.Column("refresh_rotation", sa.String(10), nullable=False, server_default="rotate"),
        sa.Column("refresh_grace_seconds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("backchannel_logout_uri", sa.String(2000)),
        sa.Column("first_party", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("purpose", sa.String(300)),
        sa.Column("client_uri", sa.String(2000)),
        sa.Column("policy_uri", sa.String(2000)),
        sa.Column("tos_uri", sa.String(2000)),
        sa.Column("justification", sa.String(500)),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
    )


def _of_grants() -> tuple[sa.Column[Any], ...]:
    named = sa.Column("organization_named", sa.Boolean, nullable=False, server_default=sa.false())
    return sa.Column("jkt", sa.String(43)), sa.Column("claims", JsonColumn), named


def upgrade() -> None:
    """Add the columns."""
    for column in _of_clients():
        op.add_column("oidc_clients", column)
    for column in _of_grants():
        op.add_column("oidc_grants", column)


def downgrade() -> None:
    """Drop them."""
    for column in _of_grants():
        op.drop_column("oidc_grants", column.name)
    for column in _of_clients():
        op.drop_column("oidc_clients", column.name)
