"""Evidence without a call: the payer's facts, tries, what was verified, letters with a key."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of evidence."""
    _facts_and_tries()
    _letters()


def _facts_and_tries() -> None:
    op.create_table(
        "evidence_facts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("good_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_evidence_facts"),
    )
    op.create_index("ix_evidence_facts_good_until", "evidence_facts", ["good_until"])
    op.create_table(
        "evidence_tries",
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime()),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_evidence_tries"),
    )
    op.create_index("ix_evidence_tries_tried_at", "evidence_tries", ["tried_at"])
    op.create_table(
        "evidence_proofs",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("application_id", sa.String(40), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_proofs"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_evidence_proofs_application_id"),
        sa.UniqueConstraint("application_id", "way", name="uq_evidence_proofs_application_id_way"),
    )


def _letters() -> None:
    op.create_table(
        "evidence_letters",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("application_id", sa.String(40), nullable=False),
        sa.Column("wanted_for", sa.String(40)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(200)),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("printed_at", UtcDateTime()),
        sa.Column("printed_by", sa.String(200)),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.String(200)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_letters"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_evidence_letters_application_id"),
        sa.UniqueConstraint("wanted_for", name="uq_evidence_letters_wanted_for"),
    )
    for column in ("application_id", "state", "asked_at", "expires_at"):
        op.create_index(f"ix_evidence_letters_{column}", "evidence_letters", [column])


def downgrade() -> None:
    """Remove them."""
    for table in ("evidence_letters", "evidence_proofs", "evidence_tries", "evidence_facts"):
        op.drop_table(table)
