"""The OpenID provider: clients, signing keys, grants with their refresh tokens, revoked access tokens."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _clients()
    _signing_keys()
    _grants()
    _tokens()


def downgrade() -> None:
    """Drop them."""
    for table in ("oidc_revoked_tokens", "oidc_refresh_tokens", "oidc_grants", "oidc_signing_keys", "oidc_clients"):
        op.drop_table(table)


def _clients() -> None:
    op.create_table(
        "oidc_clients",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("redirect_uris", JsonColumn, nullable=False),
        sa.Column("post_logout_redirect_uris", JsonColumn, nullable=False),
        sa.Column("any_loopback", sa.Boolean, nullable=False),
        sa.Column("minimum_acr", sa.String(40), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("grant_types", JsonColumn, nullable=False),
        sa.Column("populations", JsonColumn, nullable=False),
        sa.Column("audiences", JsonColumn, nullable=False),
        sa.Column("signing_alg", sa.String(10), nullable=False),
        sa.Column("require_pkce", sa.Boolean, nullable=False),
        sa.Column("auth_methods", JsonColumn, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("previous_secret_hash", sa.String(64)),
        sa.Column("previous_secret_until", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_clients"),
    )


def _signing_keys() -> None:
    op.create_table(
        "oidc_signing_keys",
        sa.Column("kid", sa.String(40), nullable=False),
        sa.Column("algorithm", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("public_jwk", JsonColumn, nullable=False),
        sa.Column("private_box", sa.String(8000), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("activated_at", UtcDateTime),
        sa.Column("retired_at", UtcDateTime),
        sa.PrimaryKeyConstraint("kid", name="pk_oidc_signing_keys"),
    )
    # One active and one next key of each algorithm, whatever two bootstraps at once may try.
    living = sa.text("state IN ('next', 'active')")
    op.create_index(
        "uq_oidc_signing_keys_living",
        "oidc_signing_keys",
        ["algorithm", "state"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )


def _grants() -> None:
    op.create_table(
        "oidc_grants",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("audience", JsonColumn, nullable=False),
        sa.Column("organization_id", sa.String(64)),
        sa.Column("nonce", sa.String(255)),
        sa.Column("acr", sa.String(40), nullable=False),
        sa.Column("amr", JsonColumn, nullable=False),
        sa.Column("auth_time", UtcDateTime, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("code_expires_at", UtcDateTime, nullable=False),
        sa.Column("code_used_at", UtcDateTime),
        sa.Column("redirect_uri", sa.String(4000), nullable=False),
        sa.Column("code_challenge", sa.String(43)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("revoked_reason", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_grants"),
        sa.UniqueConstraint("code_hash", name="uq_oidc_grants_code_hash"),
    )
    op.create_index("ix_oidc_grants_expires_at", "oidc_grants", ["expires_at"])


def _tokens() -> None:
    op.create_table(
        "oidc_refresh_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("grant_id", sa.String(40), nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("token_hash", name="pk_oidc_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["oidc_grants.id"], name="fk_oidc_refresh_tokens_grant_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_oidc_refresh_tokens_grant_id", "oidc_refresh_tokens", ["grant_id"])
    op.create_table(
        "oidc_revoked_tokens",
        sa.Column("jti", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("jti", name="pk_oidc_revoked_tokens"),
    )
    op.create_index("ix_oidc_revoked_tokens_expires_at", "oidc_revoked_tokens", ["expires_at"])
