"""Use cases of the inbox: the list, and approving several as they were asked, each by its own one decision."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.orm import Session

from access_manager.approvals import service as approvals
from access_manager.approvals.models import Approval
from access_manager.approvals.service import Verdict
from access_manager.inbox.waiting import Waiting, same_domain, why_not
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import standing
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.requests import deciding
from access_manager.requests.models import AccessRequest
from access_manager.reviews.deciding import undecided
from access_manager.reviews.opening import open_one
from access_manager.rules.deputies import Scope
from shared.errors import Problem
from shared.service import Actor, Work

MOST = 50  # at once: what one page can show and one person can read
Row = Approval | AccessRequest


def waiting(session: Session, actor: Actor, organization: Organization, now: datetime) -> list[Waiting]:
    """Return everything within the actor's lines of business that waits for a decision, the oldest first."""
    joins = approvals.inbox_of(session, actor, organization.id, now)
    more = deciding.waiting(session, actor, organization.id, now)
    return _listed(session, organization, actor.id, [*joins, *more])


def last_decided_at(session: Session, organization_id: str) -> datetime | None:
    """Return when managers last decided anything, or None."""
    found = (
        approvals.last_decided_at(session, organization_id),
        deciding.last_decided_at(session, organization_id),
    )
    return max((each for each in found if each), default=None)


def in_review(session: Session, actor: Actor, organization_id: str, now: datetime) -> int:
    """Return how many people of the open review wait for a decision; 0 for whoever does not review everybody."""
    review = open_one(session, organization_id)
    stands = standing(session, actor.id, organization_id, now)
    if review is None or now >= review.due_at or stands is None or Scope.MANAGER not in stands.scopes or stands.lines:
        return 0
    return undecided(session, review.id)


def states(session: Session, actor: Actor, organization_id: str, ids: Sequence[str], now: datetime) -> list[Row]:
    """Return the named requests as they stand, in the order named; what the actor may not see is left out."""
    rows: list[Row] = [
        *approvals.named(session, actor, organization_id, ids, now),
        *deciding.named(session, actor, organization_id, ids, now),
    ]
    return sorted(rows, key=lambda row: ids.index(row.id))


def approve(
    begin: Callable[[], AbstractContextManager[Work]], organization_id: str, marks: Mapping[str, int]
) -> Iterator[tuple[str, bool]]:
    """Approve each request as asked, in a transaction of its own; yield its id and whether this call decided it.

    `marks`: the version that was looked at. What changed since, was decided before or may not be approved stays as it
    is, and the others are approved all the same.
    """
    for request_id, version in marks.items():
        try:
            with begin() as work:
                first = _approve(work, organization_id, request_id, version)
        except Problem:
            first = False
        yield request_id, first


def _approve(work: Work, organization_id: str, request_id: str, version: int) -> bool:
    row = _seen(work.session, work.actor, organization_id, request_id, work.now)
    if row is None or row.version != version:
        return False
    if isinstance(row, Approval):
        return approvals.decide(work, organization_id, row.id, Verdict(approve=True, functions=row.functions)).first
    return deciding.decide(work, organization_id, row.id, deciding.Verdict(row.functions)).first


def _seen(session: Session, actor: Actor, organization_id: str, request_id: str, now: datetime) -> Row | None:
    try:
        if session.get(Approval, request_id) is not None:
            return approvals.seen(session, actor, organization_id, request_id, now)
        return deciding.seen(session, actor, organization_id, request_id, now)
    except Problem:
        return None


def _listed(session: Session, organization: Organization, me: str, rows: Sequence[Row]) -> list[Waiting]:
    seated = [each.account_id for each in memberships.managers(session, organization.id)]
    known = people.names(session, [*seated, *(row.account_id for row in rows)])
    addresses = [known[each].email for each in seated if each in known]
    found = [_waiting(row, organization, me, known.get(row.account_id), addresses) for row in rows]
    return sorted(found, key=lambda each: (each.asked_at, each.id))


def _waiting(row: Row, organization: Organization, me: str, person: Person | None, managers: Sequence[str]) -> Waiting:
    joins = isinstance(row, Approval)
    email = row.email if isinstance(row, Approval) else person.email if person else ""
    return Waiting(
        id=row.id,
        version=row.version,
        joins=joins,
        account_id=row.account_id,
        name=row.display_name if isinstance(row, Approval) else person.display_name if person else "",
        email=email,
        functions=row.functions,
        asked_at=row.submitted_at if isinstance(row, Approval) else row.asked_at,
        due_at=row.due_at if isinstance(row, Approval) else None,
        same_domain=same_domain(email, managers),
        refusal=why_not(me, row.account_id, row.functions, kind=organization.kind, contracted=organization.contracted),
    )
