"""Device authorizations waiting for a person, and the hours of gated functions."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _device_codes()
    _openings()
    # Asked by housekeeping: what is past its time is found without reading the rest.
    op.create_index("ix_oidc_device_codes_expires_at", "oidc_device_codes", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("oidc_openings")
    op.drop_table("oidc_device_codes")


def _device_codes() -> None:
    op.create_table(
        "oidc_device_codes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("device_code_hash", sa.String(64), nullable=False),
        sa.Column("user_code", sa.String(8), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("audience", JsonColumn, nullable=False),
        sa.Column("pause", sa.Integer, nullable=False),
        sa.Column("polled_at", UtcDateTime),
        sa.Column("account_id", sa.String(40)),
        sa.Column("answer", sa.String(10)),
        sa.Column("grant_id", sa.String(40)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_device_codes"),
        sa.UniqueConstraint("device_code_hash", name="uq_oidc_device_codes_device_code_hash"),
        sa.UniqueConstraint("user_code", name="uq_oidc_device_codes_user_code"),
    )


def _openings() -> None:
    op.create_table(
        "oidc_openings",
        sa.Column("calendar", sa.String(100), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("closes_at", UtcDateTime),
        sa.Column("valid_until", UtcDateTime),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("cuts", sa.Integer, nullable=False),
        sa.Column("checked_at", UtcDateTime),
        sa.PrimaryKeyConstraint("calendar", name="pk_oidc_openings"),
    )
