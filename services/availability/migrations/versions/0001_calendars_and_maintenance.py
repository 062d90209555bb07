"""Calendars, maintenance, announcements; the default schedule as version 1."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from availability.calendars.document import default_document
from shared.db import JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Not the clock's: the schedule of a new installation is as old as the rule that describes it.
_INSTALLED = datetime(2026, 1, 1, 5, tzinfo=UTC)


def upgrade() -> None:
    """Create the tables and install the schedule every installation starts with."""
    _schedule()
    _maintenance()
    op.create_table(
        "announced",
        sa.Column("calendar", sa.String(100), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", name="pk_announced"),
    )


def _schedule() -> None:
    versions = op.create_table(
        "schedule_versions",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", JsonColumn, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_schedule_versions"),
    )
    head = op.create_table(
        "schedule_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_head"),
    )
    first = {
        "version": 1,
        "document": default_document(),
        "author": "system",
        "reason": "The schedule of a new installation.",
        "created_at": _INSTALLED,
    }
    op.bulk_insert(versions, [first])
    op.bulk_insert(head, [{"id": 1, "version": 1, "revision": 1}])


def _maintenance() -> None:
    op.create_table(
        "maintenance",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("calendars", JsonColumn, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime()),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", JsonColumn, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance"),
    )
    op.create_index("ix_maintenance_state", "maintenance", ["state"])


def downgrade() -> None:
    """Drop everything this revision made."""
    for table in ("announced", "maintenance", "schedule_head", "schedule_versions"):
        op.drop_table(table)
