"""Deputies, changes that wait for somebody else's word, four eyes, and the lines of business of a request."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the two columns; no line named means every line."""
    op.add_column("organizations", sa.Column("four_eyes", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("approvals", sa.Column("lines", JsonColumn, nullable=False, server_default="[]"))
    _deputies()
    _proposals()


def _deputies() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("manager_id", sa.String(64), nullable=False),
        sa.Column("deputy_id", sa.String(64), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("named_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("ended_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_deputies"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_deputies_organization_id"),
    )
    op.create_index("ix_deputies_deputy_id_organization_id", "deputies", ["deputy_id", "organization_id"])
    op.create_index("ix_deputies_organization_id_ends_at", "deputies", ["organization_id", "ends_at"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("membership_id", sa.String(64)),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("needs_acceptance", sa.Boolean, nullable=False),
        sa.Column("needs_approval", sa.Boolean, nullable=False),
        sa.Column("accepted_at", UtcDateTime),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_at", UtcDateTime),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("reason", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_proposals_organization_id"),
    )
    op.create_index("ix_proposals_organization_id_state", "proposals", ["organization_id", "state"])
    op.create_index("ix_proposals_account_id_state", "proposals", ["account_id", "state"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("proposals")
    op.drop_table("deputies")
    op.drop_column("approvals", "lines")
    op.drop_column("organizations", "four_eyes")
