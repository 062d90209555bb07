"""Invitations and lists of people to add."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'pending'")


def upgrade() -> None:
    """Add the tables."""
    _invitations()
    _links()
    _batches()


def downgrade() -> None:
    """Drop them."""
    for table in ("batches", "invitation_links", "invitations"):
        op.drop_table(table)


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("lines", JsonColumn, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("invited_by", sa.String(length=64), nullable=False),
        sa.Column("invited_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("letters", sa.Integer, nullable=False),
        sa.Column("mailed_at", UtcDateTime, nullable=False),
        sa.Column("account_id", sa.String(length=64)),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("asked_in", sa.String(length=10)),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("settled_by", sa.String(length=64)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_invitations_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_organization_id_invited_at", "invitations", ["organization_id", "invited_at"])
    op.create_index("ix_invitations_asked_at", "invitations", ["asked_at"])
    op.create_index(
        "uq_invitations_open_address",
        "invitations",
        ["organization_id", "email_key"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _links() -> None:
    op.create_table(
        "invitation_links",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_invitation_links_invitation_id_invitations"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_invitation_links"),
    )
    op.create_index("ix_invitation_links_invitation_id", "invitation_links", ["invitation_id"])


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40)),
        sa.Column("rows", JsonColumn, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("undone_by", sa.String(length=64)),
        sa.Column("undone_at", UtcDateTime),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_batches_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_organization_id_made_at", "batches", ["organization_id", "made_at"])
