"""The worker looks at each person when something could be due, a bounded number at a time, and never in between.

`people.look_at` says when. Whoever is new is looked at for the first time when the quiet time is over; a sign-in needs
no write there: the look finds it, and names the next. Nothing here has to happen to the second: what is suspended is
access that nobody uses.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from access_manager.dormancy import letters, returning
from access_manager.dormancy.models import Dormancy
from access_manager.dormancy.rules import Policy, Sleep, Step, next_step, suspension
from access_manager.memberships import pausing
from access_manager.memberships.models import REMOVED, SUSPENDED, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people.models import Person
from access_manager.settings import AccessManagerSettings
from shared.db import changed
from shared.service import Context, Work

_BATCH = 200
_NEW = 1000
REASON = "dormant"


def look(context: Context) -> int:
    """Look at those it is time for; return how many memberships were warned, suspended or removed."""
    policy = policy_of(context)
    returning.tell(context)
    with context.transaction() as work:
        _welcome(work, policy)
    due = select(Person.account_id).where(Person.look_at <= context.clock.now())
    with context.reading() as session:
        waiting = list(session.scalars(due.order_by(Person.look_at).limit(_BATCH)))
    done = 0
    for account_id in waiting:
        with context.transaction() as work:
            done += _look_at(work, policy, account_id)
    return done


def policy_of(context: Context) -> Policy:
    """Return what the operator set."""
    settings = context.settings_as(AccessManagerSettings)
    return Policy(timedelta(days=settings.dormancy_days), timedelta(days=settings.dormancy_removal_days))


def forget(context: Context) -> int:
    """Delete the marks of memberships that have ended; return how many."""
    ended = (
        select(Dormancy.membership_id)
        .join(Membership, Membership.id == Dormancy.membership_id)
        .where(Membership.status == REMOVED)
        .limit(_NEW)
    )
    with context.transaction() as work:
        return changed(work.session.execute(delete(Dormancy).where(Dormancy.membership_id.in_(ended))))


def _welcome(work: Work, policy: Policy) -> None:
    """Name the first look at people who are new, and at everybody once after the upgrade that began to watch."""
    unknown = select(Person.account_id).where(Person.look_at.is_(None)).limit(_NEW)
    first = update(Person).where(Person.account_id.in_(unknown)).values(look_at=work.now + policy.quiet)
    work.session.execute(first.execution_options(synchronize_session=False))


def _look_at(work: Work, policy: Policy, account_id: str) -> int:
    theirs = select(Membership.id, Membership.organization_id).where(
        Membership.account_id == account_id, Membership.status != REMOVED
    )
    done, looks = 0, [work.now + policy.quiet]
    mine = work.session.execute(theirs.order_by(Membership.organization_id)).all()
    # Every place is held before the first row is written: a change at a company locks what its people hold elsewhere.
    held = organizations.hold_all(work, [organization_id for _, organization_id in mine])
    for membership_id, organization_id in mine:
        found = work.session.get_one(Membership, membership_id, populate_existing=True)
        step, again = _step(work, policy, held[organization_id], found)
        done += step is not Step.NOTHING
        looks.append(again)
    look_at = update(Person).where(Person.account_id == account_id).values(look_at=min(looks))
    work.session.execute(look_at.execution_options(synchronize_session=False))
    return done


def _step(work: Work, policy: Policy, organization: Organization, found: Membership) -> tuple[Step, datetime]:
    mark = work.session.get(Dormancy, found.id)
    person = work.session.get_one(Person, found.account_id)
    if found.status == REMOVED or (found.status == SUSPENDED and not (mark and mark.suspended_at)):
        return Step.NOTHING, work.now + policy.quiet
    sleep = _sleep(person, organization, found, mark)
    step, again = next_step(sleep, policy, work.now)
    if step is Step.WARN:
        _warn(work, organization, found, mark, suspension(sleep.used_at, policy, work.now))
    elif step is Step.EXEMPT and mark is not None:
        _exempt(work, policy, organization, person, mark)
    elif step is Step.SUSPEND and mark is not None:
        mark.suspended_at, mark.lifted_at = work.now, None
        pausing.suspend(work, organization, found, REASON)
        letters.suspended(work, organization, person)
    elif step is Step.REMOVE:
        pausing.end(work, organization, found, REASON)
        work.session.delete(mark)
    return step, again


def _sleep(person: Person, organization: Organization, found: Membership, mark: Dormancy | None) -> Sleep:
    used = [found.starts_at, person.last_seen_at, mark.lifted_at if mark else None]
    return Sleep(
        used_at=max(each for each in used if each is not None),
        warned_at=mark.warned_at if mark else None,
        suspend_at=mark.suspend_at if mark else None,
        suspended_at=mark.suspended_at if mark and found.status == SUSPENDED else None,
        last_manager=found.is_manager and organization.manager_count == 1,
    )


def _warn(
    work: Work, organization: Organization, found: Membership, mark: Dormancy | None, suspend_at: datetime
) -> None:
    if mark is None:
        mark = Dormancy(membership_id=found.id, organization_id=organization.id, account_id=found.account_id)
        work.session.add(mark)
    mark.warned_at, mark.suspend_at, mark.suspended_at, mark.exempted_at = work.now, suspend_at, None, None
    letters.warned(work, organization, _person(work.session, found), suspend_at)
    after = {"suspend_at": suspend_at.isoformat()}
    work.audit("membership.dormant", target=found.account_id, organization=organization.id, after=after)


def _exempt(work: Work, policy: Policy, organization: Organization, person: Person, mark: Dormancy) -> None:
    """Tell the desk, once; and once more for each further time of silence, whatever the desk was told meanwhile."""
    if mark.exempted_at is not None and work.now < mark.exempted_at + policy.suspended_after:
        return
    mark.exempted_at = work.now
    organization.version += 1
    facts = {
        "organization_id": organization.id,
        "account_id": person.account_id,
        "display_name": person.display_name or None,
    }
    work.publish(
        "manager.dormant",
        subject=organization.id,
        sequence=organization.version,
        data={**facts, "last_seen_at": person.last_seen_at, "noticed_at": work.now},
    )
    letters.only_manager(work, organization, person)
    work.audit("manager.dormant", target=person.account_id, organization=organization.id)


def _person(session: Session, found: Membership) -> Person:
    return session.get_one(Person, found.account_id)
