"""Use cases of emergency access: list, begin, end, review; and the job that tells what has ended by itself.

What is lent goes into the membership row with its end, in one guarded UPDATE, so it is over at that instant whatever
runs afterwards. The role is never touched: emergency access decides nothing about anybody.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.emergencies import notices
from access_manager.emergencies.models import Emergency, EmergencyPolicy, unended, unreviewed
from access_manager.emergencies.rules import USUAL_MINUTES, may_begin, may_review
from access_manager.functions.catalogue import in_order
from access_manager.memberships.authority import held_for_change, insist_holdable, insist_reach
from access_manager.memberships.changing import CHANGED_MEANWHILE
from access_manager.memberships.lending import lend, reclaim
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.rules.refusals import Refusal, insist
from shared.db import claimed
from shared.errors import not_found, precondition_failed
from shared.events.event import instant
from shared.service import Context, Work

_BATCH = 100
_LENT, _TAKEN = "emergency", "emergency_ended"


def policy_of(session: Session, organization_id: str) -> EmergencyPolicy:
    """Return what the organization listed; nothing where it never did (version 0)."""
    found = session.get(EmergencyPolicy, organization_id)
    return found or EmergencyPolicy(organization_id=organization_id, functions=[], minutes=USUAL_MINUTES, version=0)


def set_policy(
    work: Work, organization_id: str, functions: Collection[str], minutes: int, version: int | None = None
) -> EmergencyPolicy:
    """Replace what members may take up in an emergency, and for how long. Raises refusals, 404, 412."""
    organization = held_for_change(work, organization_id)
    found = policy_of(work.session, organization_id)
    if version is not None and version != found.version:
        raise precondition_failed(CHANGED_MEANWHILE)
    insist_holdable(organization, functions)
    before = _listed(found)
    found.functions, found.minutes, found.changed_at = list(in_order(functions)), minutes, work.now
    found.version += 1
    work.session.add(found)
    work.session.flush()
    work.audit(
        "emergency.list_changed",
        target=organization_id,
        organization=organization_id,
        before=before,
        after=_listed(found),
    )
    return found


def standing_in(session: Session, account_id: str, organization_id: str) -> Membership | None:
    """Return the account's membership while it stands, or None; its end has to be compared by whoever asks."""
    mine = (Membership.account_id == account_id) & (Membership.organization_id == organization_id)
    return session.scalars(select(Membership).where(mine, Membership.status == ACTIVE)).one_or_none()


def takeable(session: Session, organization: Organization) -> tuple[str, ...]:
    """Return what is listed and may still be held: a contract may have ended since it was listed."""
    listed = policy_of(session, organization.id).functions
    return tuple(each for each in listed if each in organization.entitled)


def held_now(found: Membership, now: object) -> tuple[str, ...]:
    """Return the functions that have not ended of themselves."""
    ends = {each: instant(end) for each, end in found.function_ends.items()}
    return tuple(each for each in found.functions if each not in ends or ends[each] > now)  # type: ignore[operator]


def last_of(session: Session, membership_id: str) -> Emergency | None:
    """Return the latest use of a member, or None."""
    theirs = select(Emergency).where(Emergency.membership_id == membership_id)
    return session.scalars(theirs.order_by(Emergency.started_at.desc(), Emergency.id.desc()).limit(1)).one_or_none()


def listed(session: Session, organization_id: str) -> Sequence[Emergency]:
    """Return the uses in an organization, the newest first, at most a hundred."""
    of_organization = select(Emergency).where(Emergency.organization_id == organization_id)
    return session.scalars(of_organization.order_by(Emergency.started_at.desc(), Emergency.id).limit(_BATCH)).all()


def find(session: Session, organization_id: str, emergency_id: str) -> Emergency:
    """Return one use; raises the 404 that a foreign one gets too."""
    found = session.get(Emergency, emergency_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def of_id(session: Session, emergency_id: str) -> Emergency | None:
    """Return a use by its id alone; whoever shows it asks who may see it."""
    return session.get(Emergency, emergency_id)


def begin(work: Work, organization_id: str, functions: Collection[str], reason: str) -> Emergency:
    """Take up listed functions for oneself now. Raises 404 for whoever is no active member, and the refusals."""
    organization = organizations.hold(work, organization_id)
    found = standing_in(work.session, work.actor.id, organization_id)
    works_here = found is not None and (found.ends_at is None or found.ends_at > work.now)
    if found is None or not works_here:
        raise not_found()
    last, held = last_of(work.session, found.id), held_now(found, work.now)
    insist(
        may_begin(
            takeable(work.session, organization),
            held,
            functions,
            works_here=works_here,
            through_a_partner=found.link_id is not None,
            unreviewed=last is not None and last.reviewed_at is None,
        )
    )
    until = work.now + timedelta(minutes=policy_of(work.session, organization_id).minutes)
    emergency = Emergency(
        id=work.ids.new("emg"),
        organization_id=organization_id,
        membership_id=found.id,
        account_id=found.account_id,
        functions=list(in_order(set(functions) - set(held))),
        reason=reason,
        started_at=work.now,
        ends_at=until,
        version=1,
    )
    work.session.add(emergency)
    work.session.flush()
    lend(work, organization, found, emergency.functions, until, _LENT)
    _tell_start(work, organization, emergency)
    return emergency


def end_own(work: Work, emergency_id: str) -> Emergency:
    """End one's own emergency access early. Raises 404 for anybody else's and 409 where it has ended."""
    found = work.session.get(Emergency, emergency_id)
    if found is None or found.account_id != work.actor.id:
        raise not_found()
    organization = organizations.hold(work, found.organization_id)
    return _end_early(work, organization, found, "member")


def end(work: Work, organization_id: str, emergency_id: str) -> Emergency:
    """End a member's emergency access early, as a manager. Raises 404, and 409 where it has ended."""
    organization = held_for_change(work, organization_id)
    found = _within_reach(work, organization_id, emergency_id)
    return _end_early(work, organization, found, "manager")


def review(work: Work, organization_id: str, emergency_id: str, finding: str, note: str | None = None) -> Emergency:
    """Say whether a use was in order; only then may the member use it again. Raises refusals and 404."""
    organization = held_for_change(work, organization_id)
    found = _within_reach(work, organization_id, emergency_id)
    runs, reviewed = found.runs(work.now), found.reviewed_at is not None
    insist(may_review(work.actor.id, found.account_id, runs=runs, reviewed=reviewed))
    if found.ended_at is None:
        _end(work, organization, found, "time")
    values: dict[str, object] = {"reviewed_at": work.now, "reviewed_by": work.actor.id}
    values |= {"finding": finding, "note": note or None, "version": found.version + 1}
    insist(None if claimed(work.session.execute(unreviewed(found).values(values))) else Refusal.EMERGENCY_REVIEWED)
    work.session.refresh(found)
    after = {"emergency": found.id, "finding": finding}
    work.audit(
        "emergency.reviewed", target=found.account_id, organization=organization_id, after=after, reason=note or None
    )
    return found


def announce(context: Context) -> int:
    """Tell and tidy what has ended by itself; decisions deny since that instant. Return how many there were."""
    over = select(Emergency.id).where(Emergency.ended_at.is_(None), Emergency.ends_at <= context.clock.now())
    with context.reading() as session:
        found = session.scalars(over.order_by(Emergency.ends_at).limit(_BATCH)).all()
    told = 0
    for emergency_id in found:
        with context.transaction() as work:
            one = work.session.get_one(Emergency, emergency_id)
            told += _end(work, organizations.hold(work, one.organization_id), one, "time")
    return told


def _within_reach(work: Work, organization_id: str, emergency_id: str) -> Emergency:
    found = find(work.session, organization_id, emergency_id)
    insist_reach(work, work.session.get_one(Membership, found.membership_id))
    return found


def _end_early(work: Work, organization: Organization, found: Emergency, how: str) -> Emergency:
    insist(None if found.runs(work.now) and _end(work, organization, found, how) else Refusal.EMERGENCY_OVER)
    return found


def _end(work: Work, organization: Organization, found: Emergency, how: str) -> bool:
    """Take back what is lent, under the organization's lock; False where somebody ended it before."""
    at = found.ends_at if how == "time" else work.now
    values = {"ended_at": at, "ended_by": work.actor.id, "version": found.version + 1}
    if not claimed(work.session.execute(unended(found).values(values))):
        return False
    work.session.refresh(found)
    member = work.session.get_one(Membership, found.membership_id, populate_existing=True)
    reclaim(work, organization, member, found.functions, found.ends_at, _TAKEN)
    work.publish(
        "emergency.ended", subject=found.id, sequence=found.version, data={**_told(found), "ended_at": at, "how": how}
    )
    work.audit("emergency.ended", target=found.account_id, organization=organization.id, after=_kept(found), reason=how)
    return True


def _tell_start(work: Work, organization: Organization, found: Emergency) -> None:
    work.publish("emergency.started", subject=found.id, sequence=found.version, data=_told(found))
    work.audit(
        "emergency.started",
        target=found.account_id,
        organization=organization.id,
        after=_kept(found),
        reason=found.reason,
    )
    notices.tell_everybody(work, organization, found)


def _told(found: Emergency) -> dict[str, object]:
    """What events say of it. The reason stays here: people write about patients, asked not to or not."""
    return {
        "emergency_id": found.id,
        "organization_id": found.organization_id,
        "account_id": found.account_id,
        "functions": list(found.functions),
        "started_at": found.started_at,
        "ends_at": found.ends_at,
    }


def _kept(found: Emergency) -> dict[str, object]:
    return {"emergency": found.id, "functions": list(found.functions), "ends_at": found.ends_at.isoformat()}


def _listed(found: EmergencyPolicy) -> dict[str, object]:
    return {"functions": list(found.functions), "minutes": found.minutes}
