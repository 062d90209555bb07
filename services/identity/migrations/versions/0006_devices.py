"""Devices, shared computers, and what was seen at each sign-in."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; without rows every sign-in is somebody's first, with nothing to compare it with."""
    _devices()
    _sign_ins()
    _alarms()


def downgrade() -> None:
    """Drop them."""
    for table in ("sign_in_alarms", "sign_ins", "shared_computers", "devices"):
        op.drop_table(table)


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("family", sa.String(60), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("place", sa.String(170)),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("proved_at", UtcDateTime),
        sa.Column("remembered_until", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("account_id", "secret_hash", name="uq_devices_account_id_secret_hash"),
    )
    op.create_index("ix_devices_secret_hash", "devices", ["secret_hash"])
    op.create_index("ix_devices_last_seen_at", "devices", ["last_seen_at"])
    op.create_table(
        "shared_computers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shared_computers"),
    )
    op.create_index("ix_shared_computers_used_at", "shared_computers", ["used_at"])


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reasons", JsonColumn, nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("place", sa.String(170)),
        sa.Column("country", sa.String(2)),
        sa.Column("position", JsonColumn),
        sa.Column("session_id", sa.String(40)),
        sa.Column("device_id", sa.String(40)),
        sa.Column("computer", sa.String(64)),
        sa.Column("tell_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_account_id_at", "sign_ins", ["account_id", "at"])
    op.create_index("ix_sign_ins_session_id", "sign_ins", ["session_id"])
    op.create_index("ix_sign_ins_tell_at", "sign_ins", ["tell_at"])
    op.create_index("ix_sign_ins_at", "sign_ins", ["at"])


def _alarms() -> None:
    op.create_table(
        "sign_in_alarms",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("sign_ins", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_alarms"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_alarms_token_hash"),
    )
    op.create_index("ix_sign_in_alarms_expires_at", "sign_in_alarms", ["expires_at"])
