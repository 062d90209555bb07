"""Use cases of managers: see who has stopped signing in, and let somebody back who was suspended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from access_manager.dormancy.models import Dormancy
from access_manager.memberships import pausing, service
from access_manager.memberships.authority import held_for_change, insist_reach, lines_of
from access_manager.memberships.models import ACTIVE, SUSPENDED, Membership, in_reach
from access_manager.people.models import Person
from shared.service import Actor, Work

_MOST = 500


@dataclass(frozen=True)
class Sleeper:
    """Somebody who was warned, or is suspended: `mark` is None where the suspension has another reason."""

    member: Membership
    person: Person | None
    mark: Dormancy | None


def sleepers(session: Session, actor: Actor, organization_id: str, now: datetime) -> list[Sleeper]:
    """Return who is suspended, and who was warned and has not signed in since; the first 500 by name.

    Only people within the actor's lines of business (G2); raises 404 for whoever has no say there.
    """
    reach = lines_of(session, actor, organization_id, now)
    waits = (Membership.status == ACTIVE) & Dormancy.membership_id.is_not(None)
    unseen = or_(Person.last_seen_at.is_(None), Person.last_seen_at < Dormancy.warned_at)
    unlifted = or_(Dormancy.lifted_at.is_(None), Dormancy.lifted_at < Dormancy.warned_at)
    wanted = (
        select(Membership, Person, Dormancy)
        .outerjoin(Person, Person.account_id == Membership.account_id)
        .outerjoin(Dormancy, Dormancy.membership_id == Membership.id)
        .where(Membership.organization_id == organization_id)
        .where(or_(Membership.status == SUSPENDED, waits & unseen & unlifted), *in_reach(reach))
        .order_by(Person.display_name, Membership.id)
        .limit(_MOST)
    )
    return [Sleeper(member, person, mark) for member, person, mark in session.execute(wanted)]


def lift(work: Work, organization_id: str, membership_id: str) -> Membership:
    """Let a suspended person work again, with what they held. Raises 404, 409 where they are not suspended."""
    organization = held_for_change(work, organization_id)
    found = service.find(work.session, organization_id, membership_id)
    insist_reach(work, found)
    pausing.resume(work, organization, found, "lifted")
    mark = work.session.get(Dormancy, membership_id)
    if mark is not None:
        mark.suspended_at, mark.lifted_at = None, work.now
    return found
