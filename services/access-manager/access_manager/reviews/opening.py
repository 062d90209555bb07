"""Opening a review: the population is frozen in one statement, then each membership is given the due date.

The due date is written on the functions themselves (`rules.with_due`), so no job has to be there when it comes.
The first few hundred are written with the opening itself; of a larger organization the worker writes the rest, minutes
after, each hundred in a transaction of its own, so that the organization is never held for long.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from access_manager.memberships import pausing
from access_manager.memberships.authority import held_for_change, lines_of
from access_manager.memberships.models import REMOVED, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.reviews import letters, rules
from access_manager.reviews.models import EXEMPT, OPEN, Review, ReviewItem, ReviewSchedule, while_undecided
from access_manager.rules.refusals import Refusal, insist
from shared.db import claimed
from shared.errors import not_found
from shared.service import Actor, Work

BATCH = 200


def find(session: Session, organization_id: str, review_id: str) -> Review:
    """Return the review; raises the 404 that a foreign one gets too."""
    found = session.get(Review, review_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def reviews_of(session: Session, organization_id: str) -> list[Review]:
    """Return the reviews of an organization, the newest first."""
    wanted = select(Review).where(Review.organization_id == organization_id)
    return list(session.scalars(wanted.order_by(Review.opened_at.desc(), Review.id.desc()).limit(100)))


def open_one(session: Session, organization_id: str) -> Review | None:
    """Return the review that is open there, if one is."""
    return session.scalars(
        select(Review).where(Review.organization_id == organization_id, Review.state == OPEN)
    ).one_or_none()


def due_dates(session: Session, organization_ids: Collection[str]) -> dict[str, datetime]:
    """Return the last day of the review that is open in each of the organizations where one is."""
    wanted = select(Review.organization_id, Review.due_at)
    found = session.execute(wanted.where(Review.organization_id.in_(organization_ids), Review.state == OPEN))
    return {row.organization_id: row.due_at for row in found}


def insist_whole(session: Session, actor: Actor, organization_id: str, now: datetime) -> None:
    """Raise 403 for a manager of some lines of business: a review and its evidence name everybody."""
    insist(Refusal.BEYOND_LINES if lines_of(session, actor, organization_id, now) else None)


def open_review(work: Work, organization_id: str, due_at: datetime) -> Review:
    """Freeze who has access now, to be confirmed by `due_at`. Raises 409 while one is open, 422 for the date, 404."""
    organization = held_for_change(work, organization_id)
    insist_whole(work.session, work.actor, organization_id, work.now)
    insist(Refusal.REVIEW_OPEN if open_one(work.session, organization_id) else None)
    insist(rules.may_be_due(due_at, work.now))
    told = rules.reminders(work.now, due_at)
    review = Review(
        id=work.ids.new("rev"),
        organization_id=organization_id,
        organization_name=organization.name,
        state=OPEN,
        opened_by=work.actor.id,
        opened_by_name=people.name_of(work.session, work.actor.id),
        opened_at=work.now,
        due_at=due_at.astimezone(UTC),
        remind_at=told[0] if told else None,
        later_reminders=[each.isoformat() for each in told[1:]],
    )
    work.session.add(review)
    work.session.flush()
    review.people = _freeze(work, review)
    mark(work, organization, review)
    _announce(work, review)
    letters.opened(work, review)
    return review


def mark(work: Work, organization: Organization, review: Review, most: int = BATCH) -> int:
    """Write the due date on memberships that do not carry it yet; return on how many. The organization is held."""
    waiting = (
        select(ReviewItem, Membership)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review.id, ReviewItem.marked.is_(False), ReviewItem.decision.is_(None))
        .order_by(ReviewItem.position)
        .limit(most)
    )
    found = work.session.execute(waiting).all()
    for item, membership in found:
        _mark(work, organization, review, item, membership)
    review.marked = len(found) < most
    return len(found)


def exempt(work: Work, organization: Organization, review: Review, item: ReviewItem, found: Membership) -> bool:
    """Leave out the own access of an organization's only manager: nobody else is there to certify it.

    Their functions go on, the support desk is told by the audit, and the certificate says it. Return whether it was so.
    """
    if not (found.is_manager and organization.manager_count == 1):
        return False
    values = {"decision": EXEMPT, "decided_at": work.now, "kept": list(found.functions)}
    if not claimed(work.session.execute(while_undecided(item).values(values))):
        return False
    work.session.refresh(item)
    ends = rules.without_due(found.function_ends, item.function_ends, review.due_at)
    if ends != found.function_ends:
        pausing.set_ends(work, organization, found, ends)
    after = {"review": review.id, "decision": EXEMPT}
    work.audit("review.exempted", target=found.account_id, organization=organization.id, after=after)
    return True


def schedule(session: Session, organization_id: str) -> ReviewSchedule | None:
    """Return the schedule of an organization that reviews every quarter."""
    return session.get(ReviewSchedule, organization_id)


def set_schedule(work: Work, organization_id: str, *, quarterly: bool) -> ReviewSchedule | None:
    """Switch the quarterly review on (the first opens in three months) or off; what stands so already stays."""
    held_for_change(work, organization_id)
    insist_whole(work.session, work.actor, organization_id, work.now)
    found = schedule(work.session, organization_id)
    if quarterly == (found is not None):
        return found
    if found is not None:
        work.session.delete(found)
    else:
        following = rules.next_quarter(work.now)
        found = ReviewSchedule(
            organization_id=organization_id, next_at=following, set_by=work.actor.id, set_at=work.now
        )
        work.session.add(found)
    work.audit("review.scheduled", target=organization_id, organization=organization_id, after={"quarterly": quarterly})
    return found if quarterly else None


def open_scheduled(work: Work, organization_id: str) -> bool:
    """Open the review that the schedule asks for now, unless one is open; return whether it did."""
    organizations.hold(work, organization_id)
    found = schedule(work.session, organization_id)
    if found is None or found.next_at > work.now:
        return False
    found.next_at = rules.next_quarter(work.now)
    if open_one(work.session, organization_id) is not None:
        return False
    open_review(work, organization_id, work.now + rules.USUAL)
    return True


def _freeze(work: Work, review: Review) -> int:
    population = (
        select(Membership, Person.display_name, Person.last_seen_at)
        .outerjoin(Person, Person.account_id == Membership.account_id)
        .where(Membership.organization_id == review.organization_id, Membership.status != REMOVED)
        .where(or_(Membership.ends_at.is_(None), Membership.ends_at > work.now))
        .order_by(Person.display_name, Membership.id)
    )
    rows = [_row(review, number, *found) for number, found in enumerate(work.session.execute(population), start=1)]
    if rows:
        work.session.execute(insert(ReviewItem), rows)
    return len(rows)


def _row(
    review: Review, number: int, found: Membership, name: str | None, last_seen_at: datetime | None
) -> dict[str, Any]:
    return {
        "review_id": review.id,
        "membership_id": found.id,
        "position": number,
        "account_id": found.account_id,
        "name": name or "",
        "role": found.role,
        "status": found.status,
        "functions": list(found.functions),
        "function_ends": dict(found.function_ends),
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "last_seen_at": last_seen_at,
    }


def _mark(work: Work, organization: Organization, review: Review, item: ReviewItem, found: Membership) -> None:
    item.marked = True
    if found.status == REMOVED or exempt(work, organization, review, item, found):
        return
    frozen = [each for each in item.functions if each in found.functions]
    ends = rules.with_due(frozen, found.function_ends, review.due_at)
    if ends != found.function_ends:
        pausing.set_ends(work, organization, found, ends)


def _announce(work: Work, review: Review) -> None:
    facts = {"review_id": review.id, "organization_id": review.organization_id, "people": review.people}
    work.publish(
        "review.opened",
        subject=review.id,
        sequence=1,
        data={**facts, "opened_by": review.opened_by, "opened_at": review.opened_at, "due_at": review.due_at},
    )
    after = {"people": review.people, "due_at": review.due_at.isoformat()}
    work.audit("review.opened", target=review.id, organization=review.organization_id, after=after)
