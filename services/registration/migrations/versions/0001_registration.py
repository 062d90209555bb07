"""Registration's first tables: applications, proofs, directory, organizations, vetting."""

import sqlalchemy as sa
from alembic import op

from shared.db.columns import JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of every room."""
    _applications()
    _contacts()
    _directory()
    _vetting()


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_key", sa.String(64)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("identity_type", sa.String(20)),
        sa.Column("organization_name", sa.String(200)),
        sa.Column("has_tin", sa.Boolean()),
        sa.Column("tin_box", sa.String(255)),
        sa.Column("tin_index", sa.String(64)),
        sa.Column("npi", sa.String(10)),
        sa.Column("display_name", sa.String(120)),
        sa.Column("email", sa.String(254)),
        sa.Column("mobile", sa.String(20)),
        sa.Column("mobile_typed", sa.String(40)),
        sa.Column("email_proved_at", UtcDateTime()),
        sa.Column("mobile_proved_at", UtcDateTime()),
        sa.Column("profile", sa.String(60)),
        sa.Column("functions", JsonColumn),
        sa.Column("account_id", sa.String(64)),
        sa.Column("organization_id", sa.String(64)),
        sa.Column("route", sa.String(20)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime()),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("reason_code", sa.String(60)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("number", name="uq_applications_number"),
        sa.UniqueConstraint("draft_key", name="uq_applications_draft_key"),
    )
    for column in ("state", "tin_index", "account_id", "touched_at"):
        op.create_index(f"ix_applications_{column}", "applications", [column])
    op.create_table(
        "known_offers",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("body", JsonColumn, nullable=False),
        sa.Column("learnt_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_offers"),
    )


def _contacts() -> None:
    op.create_table(
        "proof_rounds",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proof_rounds"),
    )
    op.create_index("ix_proof_rounds_owner", "proof_rounds", ["owner", "channel", "address_key"])
    op.create_index("ix_proof_rounds_last_sent_at", "proof_rounds", ["last_sent_at"])
    op.create_table(
        "proof_codes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("round_id", sa.String(40), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_proof_codes"),
        sa.ForeignKeyConstraint(["round_id"], ["proof_rounds.id"], name="fk_proof_codes_round_id", ondelete="CASCADE"),
    )
    op.create_index("ix_proof_codes_round_id", "proof_codes", ["round_id"])


def _directory() -> None:
    op.create_table(
        "directory_entries",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("tin_index", sa.String(64), nullable=False),
        sa.Column("tin_box", sa.String(255), nullable=False),
        sa.Column("npi", sa.String(10)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("contracted", sa.Boolean(), nullable=False),
        sa.Column("claim_submitted", sa.Boolean(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_entries"),
        sa.UniqueConstraint("tin_index", name="uq_directory_entries_tin_index"),
    )
    op.create_index("ix_directory_entries_npi", "directory_entries", ["npi"])
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("tin_index", sa.String(64)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("contracted", sa.Boolean(), nullable=False),
        sa.Column("manager_count", sa.Integer(), nullable=False),
        sa.Column("organization_sequence", sa.Integer(), nullable=False),
        sa.Column("manager_sequence", sa.Integer(), nullable=False),
        sa.Column("seated_sequence", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
        sa.UniqueConstraint("tin_index", name="uq_organizations_tin_index"),
    )


def _vetting() -> None:
    op.create_table(
        "vetting_cases",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("application_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("overdue_at", UtcDateTime()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_by_name", sa.String(200)),
        sa.Column("reason", sa.Text()),
        sa.Column("organization_id", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_cases"),
        sa.UniqueConstraint("application_id", name="uq_vetting_cases_application_id"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_vetting_cases_application_id"),
    )
    op.create_index("ix_vetting_cases_state", "vetting_cases", ["state"])
    op.create_index("ix_vetting_cases_due_at", "vetting_cases", ["due_at"])
    op.create_table(
        "vetting_calls",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("agent_id", sa.String(64), nullable=False),
        sa.Column("agent_name", sa.String(200), nullable=False),
        sa.Column("number_called", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("spoke_to", sa.String(120), nullable=False),
        sa.Column("evidence", JsonColumn, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_calls"),
        sa.ForeignKeyConstraint(["case_id"], ["vetting_cases.id"], name="fk_vetting_calls_case_id"),
    )
    op.create_index("ix_vetting_calls_case_id", "vetting_calls", ["case_id"])


def downgrade() -> None:
    """Drop them again."""
    for table in (
        "vetting_calls",
        "vetting_cases",
        "organizations",
        "directory_entries",
        "proof_codes",
        "proof_rounds",
        "known_offers",
        "applications",
    ):
        op.drop_table(table)
