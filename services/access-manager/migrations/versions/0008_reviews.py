"""Access reviews, and people who have stopped signing in."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when each person signed in last and is looked at next, and the tables of reviews and dormancy."""
    op.add_column("people", sa.Column("last_seen_at", UtcDateTime))
    op.add_column("people", sa.Column("look_at", UtcDateTime))
    op.create_index("ix_people_look_at", "people", ["look_at"])
    _reviews()
    _items()
    op.create_table(
        "review_schedules",
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_review_schedules_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", name="pk_review_schedules"),
    )
    op.create_index("ix_review_schedules_next_at", "review_schedules", ["next_at"])
    op.create_table(
        "dormancies",
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("warned_at", UtcDateTime, nullable=False),
        sa.Column("suspend_at", UtcDateTime, nullable=False),
        sa.Column("suspended_at", UtcDateTime),
        sa.Column("exempted_at", UtcDateTime),
        sa.Column("lifted_at", UtcDateTime),
        sa.PrimaryKeyConstraint("membership_id", name="pk_dormancies"),
    )
    op.create_index("ix_dormancies_organization_id", "dormancies", ["organization_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("dormancies", "review_schedules", "review_items", "reviews"):
        op.drop_table(table)
    op.drop_index("ix_people_look_at", "people")
    for column in ("look_at", "last_seen_at"):
        op.drop_column("people", column)


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("organization_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_by_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("remind_at", UtcDateTime),
        sa.Column("later_reminders", JsonColumn, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("closed_by", sa.String(length=64)),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("closed_how", sa.String(length=20)),
        sa.Column("evidence_sha256", sa.String(length=64)),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_reviews_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    one = sa.text("state = 'open'")
    op.create_index(
        "uq_reviews_organization_id",
        "reviews",
        ["organization_id"],
        unique=True,
        sqlite_where=one,
        postgresql_where=one,
    )
    op.create_index("ix_reviews_organization_id_opened_at", "reviews", ["organization_id", "opened_at"])
    op.create_index("ix_reviews_state_due_at", "reviews", ["state", "due_at"])
    op.create_index("ix_reviews_remind_at", "reviews", ["remind_at"])


def _items() -> None:
    op.create_table(
        "review_items",
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("function_ends", JsonColumn, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("last_seen_at", UtcDateTime),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=20)),
        sa.Column("kept", JsonColumn, nullable=False),
        sa.Column("decided_by", sa.String(length=64)),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=64)),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("ended", JsonColumn, nullable=False),
        sa.Column("enforced_at", UtcDateTime),
        sa.Column("enforced_version", sa.Integer()),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_review_items_review_id_reviews"),
        sa.PrimaryKeyConstraint("review_id", "membership_id", name="pk_review_items"),
    )
    op.create_index("ix_review_items_review_id_position", "review_items", ["review_id", "position"])
    op.create_index("ix_review_items_review_id_decision", "review_items", ["review_id", "decision"])
