"""What an account may be, where its person can be reached, and the terms they accepted."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HOLDS = {
    "held_from": sa.String(20),
    "held_reason": sa.String(200),
    "support_code": sa.String(8),
    "reset_required_at": UtcDateTime(),
    "nudged_at": UtcDateTime(),
    "closed_at": UtcDateTime(),
}
# Existing accounts get a row for each address they were opened with; proved ones are trusted since then.
_EMAILS = """
    INSERT INTO contact_points
        (id, account_id, kind, address, address_key, is_primary, added_at, proved_at, trusted_from)
    SELECT 'cpe' || substr(id, 4), id, 'email', email, email_key, true, opened_at,
        CASE WHEN email_verified THEN opened_at END, CASE WHEN email_verified THEN opened_at END
    FROM accounts
"""
_MOBILES = """
    INSERT INTO contact_points
        (id, account_id, kind, address, address_key, is_primary, added_at, proved_at, trusted_from)
    SELECT 'cps' || substr(id, 4), id, 'sms', phone,
        CASE WHEN bare LIKE '+%' THEN bare WHEN length(bare) = 10 THEN '+1' || bare ELSE '+' || bare END,
        true, opened_at,
        CASE WHEN phone_verified THEN opened_at END, CASE WHEN phone_verified THEN opened_at END
    FROM (
        SELECT id, phone, phone_verified, opened_at,
            replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '') AS bare
        FROM accounts WHERE phone IS NOT NULL
    ) AS numbers
"""


def upgrade() -> None:
    """Add the columns and tables, then the rows of the people who are there already."""
    for name, kind in _HOLDS.items():
        op.add_column("accounts", sa.Column(name, kind))
    op.create_index("ix_accounts_support_code", "accounts", ["support_code"], unique=True)
    _contact_points()
    _terms()
    op.execute(_EMAILS)
    op.execute(_MOBILES)


def downgrade() -> None:
    """Drop them."""
    for table in ("terms_acceptances", "terms_versions", "contact_points"):
        op.drop_table(table)
    op.drop_index("ix_accounts_support_code", "accounts")
    with op.batch_alter_table("accounts") as accounts:
        for name in _HOLDS:
            accounts.drop_column(name)


def _contact_points() -> None:
    op.create_table(
        "contact_points",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("is_primary", sa.Boolean, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("proved_at", UtcDateTime),
        sa.Column("trusted_from", UtcDateTime),
        sa.Column("removed_at", UtcDateTime),
        sa.Column("told_until", UtcDateTime),
        sa.Column("answer_hash", sa.String(64)),
        sa.Column("answer_until", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_contact_points"),
        sa.UniqueConstraint("answer_hash", name="uq_contact_points_answer_hash"),
    )
    op.create_index("ix_contact_points_account_id", "contact_points", ["account_id"])
    op.create_index("ix_contact_points_address_key", "contact_points", ["address_key"])
    _only_one_of("kept_address", ["account_id", "kind", "address_key"], "removed_at IS NULL")
    _only_one_of("one_primary", ["account_id", "kind"], "is_primary IS TRUE")


def _only_one_of(name: str, columns: list[str], among: str) -> None:
    where = sa.text(among)
    options = {"sqlite_where": where, "postgresql_where": where}
    op.create_index(f"uq_contact_points_{name}", "contact_points", columns, unique=True, **options)


def _terms() -> None:
    op.create_table(
        "terms_versions",
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("text_es", sa.Text, nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=False),
        sa.Column("effective_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_terms_versions"),
    )
    op.create_table(
        "terms_acceptances",
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("accepted_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "version", name="pk_terms_acceptances"),
    )
