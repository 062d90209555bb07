"""The worker's part of reviews: announce and tidy. Access that nobody confirmed ended by itself at the due instant.

Each batch is one transaction with the organization held, so that a decision and the end of a review never cross.
"""

from datetime import datetime

from sqlalchemy import delete, select

from access_manager.memberships import pausing
from access_manager.memberships.models import REMOVED, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.reviews import letters, proving, rules
from access_manager.reviews.deciding import finish, undecided
from access_manager.reviews.models import (
    GONE,
    LAPSED,
    OPEN,
    Review,
    ReviewItem,
    ReviewSchedule,
    while_open,
    while_undecided,
)
from access_manager.reviews.opening import exempt, mark, open_scheduled
from access_manager.reviews.retention import DOCUMENTS_KEPT
from shared.db import changed, claimed
from shared.service import Context, Work

_BATCH = 50


def work_on_reviews(context: Context) -> int:
    """Open what is scheduled, write due dates, remind, and end what is due; return how many things were done."""
    return open_due(context) + mark_waiting(context) + remind(context) + lapse(context)


def open_due(context: Context) -> int:
    """Open the reviews that schedules ask for; return how many."""
    due = select(ReviewSchedule.organization_id).where(ReviewSchedule.next_at <= context.clock.now())
    with context.reading() as session:
        waiting = list(session.scalars(due.order_by(ReviewSchedule.next_at).limit(_BATCH)))
    opened = 0
    for organization_id in waiting:
        with context.transaction() as work:
            opened += open_scheduled(work, organization_id)
    return opened


def mark_waiting(context: Context) -> int:
    """Write the due date on the members of large organizations; return on how many."""
    with context.reading() as session:
        waiting = list(
            session.scalars(select(Review.id).where(Review.state == OPEN, Review.marked.is_(False)).limit(_BATCH))
        )
    return sum(_mark_all(context, review_id) for review_id in waiting)


def remind(context: Context) -> int:
    """Write to the managers of each review whose instant has come; return how many reviews that were."""
    due = select(Review.id).where(Review.state == OPEN, Review.remind_at <= context.clock.now())
    with context.reading() as session:
        waiting = list(session.scalars(due.order_by(Review.remind_at).limit(_BATCH)))
    reminded = 0
    for review_id in waiting:
        with context.transaction() as work:
            reminded += _remind(work, review_id)
    return reminded


def lapse(context: Context) -> int:
    """Tidy what ended at the due instant of each review and close it; return how many people and reviews."""
    due = select(Review.id).where(Review.state == OPEN, Review.due_at <= context.clock.now())
    with context.reading() as session:
        waiting = list(session.scalars(due.order_by(Review.due_at).limit(_BATCH)))
    return sum(_lapse_all(context, review_id) for review_id in waiting)


def forget(context: Context) -> int:
    """Delete one review whose evidence need not be kept any longer, with its rows; return how many reviews."""
    with context.transaction() as work:
        old = select(Review.id).where(Review.closed_at < work.now - DOCUMENTS_KEPT).order_by(Review.closed_at).limit(1)
        review_id = work.session.scalars(old).first()
        if review_id is None:
            return 0
        work.session.execute(delete(ReviewItem).where(ReviewItem.review_id == review_id))
        return changed(work.session.execute(delete(Review).where(Review.id == review_id)))


def _mark_all(context: Context, review_id: str) -> int:
    done = 0
    while True:
        with context.transaction() as work:
            review, organization = _held(work, review_id)
            number = mark(work, organization, review) if review.state == OPEN else 0
            done += number
            if review.marked or not number:
                return done


def _remind(work: Work, review_id: str) -> bool:
    review, organization = _held(work, review_id)
    told, later = review.remind_at, [datetime.fromisoformat(each) for each in review.later_reminders]
    ahead = [each for each in later if each > work.now]
    values = {"remind_at": ahead[0] if ahead else None, "later_reminders": [each.isoformat() for each in ahead[1:]]}
    claim = while_open(review_id).where(Review.remind_at == told, Review.remind_at <= work.now)
    if told is None or not claimed(work.session.execute(claim.values(values))):
        return False
    _exempt_last(work, organization, review)
    waiting = undecided(work.session, review_id)
    if not waiting or work.now >= review.due_at:
        return False
    letters.reminder(work, review, waiting, told)
    work.audit("review.reminded", target=review_id, organization=organization.id, after={"undecided": waiting})
    return True


def _exempt_last(work: Work, organization: Organization, review: Review) -> None:
    """Whoever became the only manager while the review runs has nobody left to certify them."""
    if organization.manager_count != 1:
        return
    seat = (
        select(ReviewItem, Membership)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review.id, ReviewItem.decision.is_(None), Membership.role == "manager")
    )
    for item, found in work.session.execute(seat).all():
        exempt(work, organization, review, item, found)


def _lapse_all(context: Context, review_id: str) -> int:
    done = 0
    while True:
        with context.transaction() as work:
            review, organization = _held(work, review_id)
            if review.state != OPEN:
                return done
            number = _lapse_batch(work, organization, review)
            if not number:
                return done + finish(work, review, "due")
            done += number


def _lapse_batch(work: Work, organization: Organization, review: Review) -> int:
    waiting = (
        select(ReviewItem, Membership)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review.id, ReviewItem.decision.is_(None))
        .order_by(ReviewItem.position)
        .limit(_BATCH)
    )
    found = work.session.execute(waiting).all()
    for item, member in found:
        if member.status == REMOVED:
            work.session.execute(while_undecided(item).values(decision=GONE, decided_at=work.now))
        elif not exempt(work, organization, review, item, member):
            _lapse(work, organization, review, item, member)
    return len(found)


def _lapse(work: Work, organization: Organization, review: Review, item: ReviewItem, found: Membership) -> None:
    if not claimed(work.session.execute(while_undecided(item).values(decision=LAPSED, decided_at=review.due_at))):
        return
    work.session.refresh(item)
    held = list(found.functions)
    left = rules.still_running(held, found.function_ends, work.now)
    if left or found.is_manager:
        pausing.reduce(work, organization, found, left, found.function_ends, "review_lapsed")
    else:
        pausing.end(work, organization, found, "review_lapsed")
    item.ended = [each for each in held if each not in left]
    item.enforced_at, item.enforced_version = review.due_at, found.version
    proving.ask(work, review, item, found.version)
    letters.lapsed(work, review, item)


def _held(work: Work, review_id: str) -> tuple[Review, Organization]:
    """Return the review read anew under its organization's lock."""
    organization_id = work.session.get_one(Review, review_id).organization_id
    organization = organizations.hold(work, organization_id)
    review = work.session.get_one(Review, review_id, populate_existing=True)
    return review, organization
