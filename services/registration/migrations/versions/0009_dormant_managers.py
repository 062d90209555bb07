"""Cases about the only access manager of an organization, who has stopped signing in: no application is behind them."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CHILDREN = ("vetting_proposals", "vetting_calls")


def upgrade() -> None:
    """Add what such a case knows, what is told of managers, and let a case be without an application."""
    for column in (
        sa.Column("open_for", sa.String(64)),
        sa.Column("manager_account", sa.String(64)),
        sa.Column("manager_name", sa.String(200)),
        sa.Column("manager_seen_at", UtcDateTime()),
    ):
        op.add_column("vetting_cases", column)
    _application_may_be_missing(True)
    op.create_index("ix_vetting_cases_open_for", "vetting_cases", ["open_for"], unique=True)
    op.create_table(
        "manager_news",
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("managers_sequence", sa.Integer(), nullable=False),
        sa.Column("managers", JsonColumn, nullable=False),
        sa.Column("dormancy_sequence", sa.Integer(), nullable=False),
        sa.Column("dormant_account", sa.String(64)),
        sa.PrimaryKeyConstraint("organization_id", name="pk_manager_news"),
    )


def downgrade() -> None:
    """Remove them, and the cases that only the newer release knows."""
    op.drop_table("manager_news")
    op.drop_index("ix_vetting_cases_open_for", "vetting_cases")
    for child in _CHILDREN:
        op.execute(f"DELETE FROM {child} WHERE case_id IN (SELECT id FROM vetting_cases WHERE application_id IS NULL)")
    op.execute("DELETE FROM vetting_cases WHERE application_id IS NULL")
    _application_may_be_missing(False)
    for name in ("manager_seen_at", "manager_name", "manager_account", "open_for"):
        op.drop_column("vetting_cases", name)


def _application_may_be_missing(nullable: bool) -> None:
    """PostgreSQL changes its catalogue; SQLite writes the table anew, for which what refers to it steps aside."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for child in _CHILDREN if sqlite else ():
        op.execute(f"CREATE TEMPORARY TABLE kept_{child} AS SELECT * FROM {child}")
        op.execute(f"DELETE FROM {child}")
    with op.batch_alter_table("vetting_cases") as cases:
        cases.alter_column("application_id", existing_type=sa.String(40), nullable=nullable)
    for child in _CHILDREN if sqlite else ():
        op.execute(f"INSERT INTO {child} SELECT * FROM kept_{child}")
        op.execute(f"DROP TABLE kept_{child}")
