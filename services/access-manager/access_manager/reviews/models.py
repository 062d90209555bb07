"""The review, the frozen row of each person in it, and the guarded statements of which of many rivals one wins."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, text, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime

OPEN, CLOSED = "open", "closed"
KEEP, FEWER, REMOVE = "keep", "fewer", "remove"
LAPSED, EXEMPT, GONE = "lapsed", "exempt", "gone"
DECISIONS = (KEEP, FEWER, REMOVE, LAPSED, EXEMPT, GONE)
_ONE_OPEN = text("state = 'open'")


class Review(Base):
    """One review. `marked`: every row's membership carries the due date. `closed_how`: decided, or due.

    Names are kept as they were, so that the evidence says in six years what it says today. `evidence_format` is 1 for a
    review that was opened before the answers of the decision point were kept: its evidence stays as it was sealed.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        Index(
            "uq_reviews_organization_id",
            "organization_id",
            unique=True,
            sqlite_where=_ONE_OPEN,
            postgresql_where=_ONE_OPEN,
        ),
        Index("ix_reviews_organization_id_opened_at", "organization_id", "opened_at"),
        Index("ix_reviews_state_due_at", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    organization_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=OPEN)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_by_name: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int] = mapped_column(default=0)
    marked: Mapped[bool] = mapped_column(default=False)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    later_reminders: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closed_by_name: Mapped[str] = mapped_column(String(200), default="")
    closed_how: Mapped[str | None] = mapped_column(String(20))
    evidence_sha256: Mapped[str | None] = mapped_column(String(64))
    evidence_format: Mapped[int] = mapped_column(default=2, server_default="1")


class ReviewItem(Base):
    """One person of the frozen population: what they held then, what was decided, and what that ended.

    `function_ends` is what it was before the due date was written; `enforced_version` is the version of the membership
    that a decision made, which is also the sequence of its event. `later_decisions`: what the decision point answered
    since about each function that it ended (`proving`).
    """

    __tablename__ = "review_items"
    __table_args__ = (
        Index("ix_review_items_review_id_position", "review_id", "position"),
        Index("ix_review_items_review_id_decision", "review_id", "decision"),
    )

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    membership_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    account_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    function_ends: Mapped[Mapping[str, str]] = mapped_column(JsonColumn)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str | None] = mapped_column(String(20))
    kept: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    on_behalf_of: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    enforced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enforced_version: Mapped[int | None]
    later_decisions: Mapped[Sequence[Mapping[str, object]]] = mapped_column(
        JsonColumn, default=list, server_default="[]"
    )


class ReviewSchedule(Base):
    """An organization that reviews every quarter; `next_at` is when the next one opens by itself."""

    __tablename__ = "review_schedules"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


def while_open(review_id: str) -> Update:
    """Start the UPDATE that closes: of many rivals exactly one claims the open review."""
    return (
        update(Review).where(Review.id == review_id, Review.state == OPEN).execution_options(synchronize_session=False)
    )


def while_undecided(item: ReviewItem) -> Update:
    """Start the UPDATE that decides: the first decision about a person is the only one."""
    return (
        update(ReviewItem)
        .where(
            ReviewItem.review_id == item.review_id,
            ReviewItem.membership_id == item.membership_id,
            ReviewItem.decision.is_(None),
        )
        .execution_options(synchronize_session=False)
    )
