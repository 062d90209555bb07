"""Organizations, people, memberships, approvals, opening hours.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the single row of opening hours that guarded statements need."""
    _organizations_and_people()
    _memberships()
    _approvals()
    hours = op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("checked_at", UtcDateTime),
        sa.Column("cut_at", UtcDateTime),
        sa.Column("cuts", sa.Integer, nullable=False),
    )
    op.bulk_insert(hours, [{"id": 1, "functions": {}, "checked_at": None, "cut_at": None, "cuts": 0}])


def _organizations_and_people() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("contracted", sa.Boolean, nullable=False),
        sa.Column("tin_last4", sa.String(4)),
        sa.Column("manager_count", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
        sa.CheckConstraint("manager_count >= 0 AND manager_count <= 15", name="ck_organizations_manager_count"),
    )
    op.create_index("ix_organizations_name", "organizations", ["name"])
    op.create_table(
        "people",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("population", sa.String(20)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("locked_until", UtcDateTime),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_people"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_memberships_organization_id"),
    )
    op.create_index(
        "uq_memberships_account_id_organization_id", "memberships", ["account_id", "organization_id"], unique=True
    )
    op.create_index("ix_memberships_organization_id_status_role", "memberships", ["organization_id", "status", "role"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("application_id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("submitted_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("escalated_at", UtcDateTime),
        sa.Column("granted", JsonColumn, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("note", sa.String(500)),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.UniqueConstraint("application_id", name="uq_approvals_application_id"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_approvals_organization_id"),
    )
    op.create_index(
        "ix_approvals_organization_id_state_submitted_at", "approvals", ["organization_id", "state", "submitted_at"]
    )
    op.create_index("ix_approvals_account_id_state", "approvals", ["account_id", "state"])
    op.create_table(
        "ended_applications",
        sa.Column("application_id", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("application_id", name="pk_ended_applications"),
    )


def downgrade() -> None:
    """Drop the tables, the referring ones first."""
    for table in ("opening_hours", "ended_applications", "approvals", "memberships", "people", "organizations"):
        op.drop_table(table)
