"""Recoveries, the queue in which they are answered, and how often they were begun."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _recoveries()
    op.create_table(
        "recovery_requests",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("recovery_id", sa.String(40)),
        sa.Column("asked", sa.String(4000), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_requests"),
    )
    op.create_index("ix_recovery_requests_due_at", "recovery_requests", ["due_at"])
    op.create_table(
        "recovery_allowances",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_recovery_allowances"),
    )
    op.create_index("ix_recovery_allowances_started_at", "recovery_allowances", ["started_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("recovery_allowances", "recovery_requests", "recoveries"):
        op.drop_table(table)


def _recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("aim", sa.String(20), nullable=False),
        sa.Column("starter", sa.String(20), nullable=False),
        sa.Column("pair", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40)),
        sa.Column("contact_id", sa.String(40)),
        sa.Column("shown", sa.String(254), nullable=False),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("link_hash", sa.String(64)),
        sa.Column("link_used_at", UtcDateTime),
        sa.Column("proofs", JsonColumn, nullable=False),
        sa.Column("awaiting", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sends", sa.Integer, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.String(20)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
        sa.UniqueConstraint("token_hash", name="uq_recoveries_token_hash"),
        sa.UniqueConstraint("link_hash", name="uq_recoveries_link_hash"),
    )
    op.create_index("ix_recoveries_account_id_ended_at", "recoveries", ["account_id", "ended_at"])
    op.create_index("ix_recoveries_expires_at", "recoveries", ["expires_at"])
