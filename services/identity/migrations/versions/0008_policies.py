"""Policies of the suite and of organizations."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; empty ones mean the defaults."""
    op.create_table(
        "policies",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", JsonColumn, nullable=False),
        *_signed(),
        sa.PrimaryKeyConstraint("name", name="pk_policies"),
    )
    op.create_table(
        "organization_policies",
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("idle_minutes", sa.Integer),
        sa.Column("life_hours", sa.Integer),
        sa.Column("minimum_acr", sa.String(40)),
        sa.Column("function_acr", JsonColumn, nullable=False),
        *_signed(),
        sa.PrimaryKeyConstraint("organization_id", name="pk_organization_policies"),
    )


def downgrade() -> None:
    """Drop them: everybody is back at the defaults."""
    op.drop_table("organization_policies")
    op.drop_table("policies")


def _signed() -> tuple[sa.Column[object], ...]:
    """Why, who and when: every row here departs from a default."""
    return (
        sa.Column("justification", sa.Text, nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
    )
