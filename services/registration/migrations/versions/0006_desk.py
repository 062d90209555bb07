"""The desk's workbench: grounds, next calls, alerts, two pairs of eyes."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LOOKED_UP = (
    ("vetting_cases", "next_call_at"),
    ("vetting_calls", "agent_id"),
    ("applications", "email"),
)


def upgrade() -> None:
    """Add what cases know of their reason and next call, the proposals, and what alerts look applications up by."""
    ground = sa.Column("ground", sa.String(20), nullable=False, server_default="first_person")
    letter = sa.Column("letter", sa.Boolean(), nullable=False, server_default=sa.false())
    for column in (ground, sa.Column("next_call_at", UtcDateTime()), letter, sa.Column("seated_name", sa.String(120))):
        op.add_column("vetting_cases", column)
    op.create_table(
        "vetting_proposals",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("open_case", sa.String(40)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", JsonColumn, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organization_name", sa.String(200), nullable=False),
        sa.Column("organization_kind", sa.String(20), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("person_name", sa.String(120)),
        sa.Column("person_email", sa.String(254)),
        sa.Column("person_mobile", sa.String(20)),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_by_name", sa.String(200), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_by_name", sa.String(200)),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_proposals"),
        sa.ForeignKeyConstraint(["case_id"], ["vetting_cases.id"], name="fk_vetting_proposals_case_id"),
        sa.UniqueConstraint("open_case", name="uq_vetting_proposals_open_case"),
    )
    op.create_index("ix_vetting_proposals_case_id", "vetting_proposals", ["case_id"])
    for table, column_name in _LOOKED_UP:
        op.create_index(f"ix_{table}_{column_name}", table, [column_name])
    # A case that is open already is due to be called about now.
    op.execute("UPDATE vetting_cases SET next_call_at = opened_at WHERE state = 'open'")


def downgrade() -> None:
    """Remove them."""
    for table, column_name in reversed(_LOOKED_UP):
        op.drop_index(f"ix_{table}_{column_name}", table)
    op.drop_table("vetting_proposals")
    for name in ("seated_name", "letter", "next_call_at", "ground"):
        op.drop_column("vetting_cases", name)
