"""Third parties and emergency access."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('proposed', 'active')")
_UNREVIEWED = sa.text("reviewed_at IS NULL")


def upgrade() -> None:
    """Add the tables, and to a membership the company it comes through."""
    op.add_column("memberships", sa.Column("via_organization_id", sa.String(length=64)))
    _links()
    op.create_table(
        "connect_codes",
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_connect_codes_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", name="pk_connect_codes"),
        sa.UniqueConstraint("code", name="uq_connect_codes_code"),
    )
    op.create_table(
        "emergency_policies",
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_emergency_policies_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", name="pk_emergency_policies"),
    )
    _emergencies()


def _links() -> None:
    op.create_table(
        "third_party_links",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("lines", JsonColumn, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_side", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("answered_by", sa.String(length=64)),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("ended_by", sa.String(length=64)),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organizations.id"], name="fk_third_party_links_provider_id_organizations"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["organizations.id"], name="fk_third_party_links_company_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_third_party_links"),
    )
    pair = ["provider_id", "company_id"]
    op.create_index(
        "uq_third_party_links_open", "third_party_links", pair, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    for column, other in (("provider_id", "state"), ("company_id", "state"), ("state", "ends_at")):
        op.create_index(f"ix_third_party_links_{column}_{other}", "third_party_links", [column, other])


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("ended_by", sa.String(length=64)),
        sa.Column("reviewed_at", UtcDateTime),
        sa.Column("reviewed_by", sa.String(length=64)),
        sa.Column("finding", sa.String(length=20)),
        sa.Column("note", sa.String(length=500)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_emergencies_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_emergencies"),
    )
    op.create_index(
        "uq_emergencies_unreviewed",
        "emergencies",
        ["membership_id"],
        unique=True,
        sqlite_where=_UNREVIEWED,
        postgresql_where=_UNREVIEWED,
    )
    for column, other in (("organization_id", "started_at"), ("ended_at", "ends_at")):
        op.create_index(f"ix_emergencies_{column}_{other}", "emergencies", [column, other])


def downgrade() -> None:
    """Drop them."""
    for table in ("emergencies", "emergency_policies", "connect_codes", "third_party_links"):
        op.drop_table(table)
    op.drop_column("memberships", "via_organization_id")
