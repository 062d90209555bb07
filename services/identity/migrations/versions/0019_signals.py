"""Shared signals: streams of receivers, the people they are about, and the sets that are owed to them."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables."""
    _streams()
    op.create_table(
        "signal_subjects",
        sa.Column("stream_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "account_id", name="pk_signal_subjects"),
    )
    _sets()


def _streams() -> None:
    op.create_table(
        "signal_streams",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("endpoint", sa.String(500)),
        sa.Column("authorization", sa.Text),
        sa.Column("requested", JsonColumn, nullable=False),
        sa.Column("delivered", JsonColumn, nullable=False),
        sa.Column("description", sa.String(200)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("default_subjects", sa.String(4), nullable=False),
        sa.Column("verified_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signal_streams"),
        sa.UniqueConstraint("client_id", name="uq_signal_streams_client_id"),
    )


def _sets() -> None:
    op.create_table(
        "signal_sets",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("stream_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(10)),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("last_error", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_signal_sets"),
    )
    op.create_index(
        "ix_signal_sets_stream_id_settled_at_made_at", "signal_sets", ["stream_id", "settled_at", "made_at"]
    )
    op.create_index("ix_signal_sets_settled_at_due_at", "signal_sets", ["settled_at", "due_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("signal_sets", "signal_subjects", "signal_streams"):
        op.drop_table(table)
