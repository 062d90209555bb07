"""Requests for more, from inside."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Add the table; one open request for each person and organization. And when a manager got the mail of the day."""
    op.add_column("people", sa.Column("digested_at", UtcDateTime))
    op.create_index("ix_people_digested_at", "people", ["digested_at"])
    op.create_table(
        "access_requests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("note", sa.String(500)),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("granted", JsonColumn, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("reply", sa.String(500)),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_requests"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_access_requests_organization_id"),
    )
    op.create_index(
        "uq_access_requests_open",
        "access_requests",
        ["account_id", "organization_id"],
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    op.create_index(
        "ix_access_requests_account_id_organization_id_asked_at",
        "access_requests",
        ["account_id", "organization_id", "asked_at"],
    )
    op.create_index(
        "ix_access_requests_organization_id_state_asked_at",
        "access_requests",
        ["organization_id", "state", "asked_at"],
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("access_requests")
    op.drop_index("ix_people_digested_at", "people")
    op.drop_column("people", "digested_at")
