"""Use cases of memberships: grant, change, remove. Each holds the organization first, asks the rules, then writes.

Every change is one guarded UPDATE, one event with the whole membership, and one audit entry, in one transaction.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import beyond, in_order
from access_manager.memberships import news
from access_manager.memberships.authority import held_for_change
from access_manager.memberships.models import ACTIVE, MANAGER, MEMBER, REMOVED, Membership, unchanged
from access_manager.organizations.models import Organization, unseat_one, vacate_one
from access_manager.organizations.service import counted
from access_manager.rules.holding import may_hold
from access_manager.rules.managers import may_end_at, may_set
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import not_found, precondition_failed
from shared.service import Work

CHANGED_MEANWHILE = "Somebody changed this person’s access meanwhile. Look at it again, then decide."


def find(session: Session, organization_id: str, membership_id: str) -> Membership:
    """Return the membership, removed ones included; raises the 404 that a foreign one gets too."""
    found = session.get(Membership, membership_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def members(session: Session, organization_id: str) -> list[Membership]:
    """Return everybody who is not removed, the longest-standing first."""
    of_organization = select(Membership).where(
        Membership.organization_id == organization_id, Membership.status != REMOVED
    )
    return list(session.scalars(of_organization.order_by(Membership.starts_at, Membership.id)))


def managers(session: Session, organization_id: str) -> list[Membership]:
    """Return the active managers, the longest-standing first."""
    return [membership for membership in members(session, organization_id) if membership.is_manager]


def grant(
    work: Work,
    organization: Organization,
    account_id: str,
    functions: Collection[str],
    *,
    source: str,
    ends_at: datetime | None = None,
) -> Membership:
    """Make the account a member with `functions`; whoever is one keeps what they hold and gets the rest.

    The organization must be held. Raises the refusals of `may_hold`.
    """
    _insist_holdable(organization, functions)
    found = _of_account(work.session, account_id, organization.id)
    if found is None:
        found = _new(work, organization, account_id, functions, source, ends_at)
        work.session.add(found)
        work.session.flush()
        news.tell(work, organization, found, "membership.granted", before=None)
        return found
    runs = found.status == ACTIVE and (found.ends_at is None or found.ends_at > work.now)
    held = found.functions if runs else ()
    values: dict[str, object] = {"functions": list(in_order({*held, *functions})), "source": source}
    if runs:
        return _change(work, organization, found, "membership.changed", values)
    values |= {"status": ACTIVE, "role": MEMBER, "starts_at": work.now, "ends_at": ends_at}
    return _change(work, organization, found, "membership.granted", values)


def granted_by(session: Session, account_id: str, organization_id: str, source: str) -> bool:
    """Return whether `source` was the last to grant this account its membership, removed since or not."""
    found = _of_account(session, account_id, organization_id)
    return found is not None and found.source == source


def set_access(
    work: Work,
    organization_id: str,
    membership_id: str,
    functions: Collection[str],
    ends_at: datetime | None,
    version: int | None = None,
) -> Membership:
    """Replace a member's functions and end; `version` is what the manager saw. Raises refusals, 404, 412."""
    organization = held_for_change(work, organization_id)
    found = active(work.session, organization_id, membership_id, version)
    _insist_holdable(organization, functions)
    insist(may_set(work.actor.id, found.account_id, found.functions, functions))
    if ends_at != found.ends_at:
        insist(may_end_at(ends_at, manager=found.is_manager, now=work.now))
    values: dict[str, object] = {"functions": list(in_order(functions)), "ends_at": ends_at}
    return _change(work, organization, found, "membership.changed", values)


def remove(
    work: Work, organization_id: str, membership_id: str, reason: str | None = None, version: int | None = None
) -> Membership:
    """End a membership now; a manager's seat is given up with it, the last one never. Raises refusals, 404, 412."""
    organization = held_for_change(work, organization_id)
    found = active(work.session, organization_id, membership_id, version)
    return _end(work, organization, found, reason, unseat_one(organization.id))


def leave_all(work: Work, account_id: str, reason: str) -> int:
    """End every membership of an account that is closed, the seat of a last manager too; return how many ended.

    An organization left without a manager is one whose people the support desk vets again.
    """
    mine = select(Membership.organization_id).where(Membership.account_id == account_id, Membership.status != REMOVED)
    places = work.session.scalars(mine.order_by(Membership.organization_id)).all()
    return sum(_leave(work, organization_id, account_id, reason) for organization_id in places)


def take_back(work: Work, organization_id: str, account_id: str, *, source: str, given_at: datetime) -> bool:
    """Remove a membership that `source` began at `given_at` and nothing gave anew since; return whether there was one.

    A manager stays: that seat was given by somebody else, later.
    """
    held_for_change(work, organization_id)
    found = _of_account(work.session, account_id, organization_id)
    if found is None or found.is_manager or (found.source, found.starts_at) != (source, given_at):
        return False
    if found.status == ACTIVE:
        remove(work, organization_id, found.id, "withdrawn")
    return found.status == ACTIVE


def set_role(work: Work, organization: Organization, found: Membership, role: str) -> Membership:
    """Write the role of a membership; only `seats` calls this, after it counted."""
    values: dict[str, object] = {"role": role, "ends_at": None} if role == MANAGER else {"role": role}
    return _change(work, organization, found, "membership.changed", values)


def active(session: Session, organization_id: str, membership_id: str, version: int | None) -> Membership:
    """Return a membership that may be changed; raises 404, 409 once removed, 412 where `version` is not the present."""
    found = find(session, organization_id, membership_id)
    if version is not None and version != found.version:
        raise precondition_failed(CHANGED_MEANWHILE)
    insist(None if found.status == ACTIVE else Refusal.NOT_A_MEMBER)
    return found


def _leave(work: Work, organization_id: str, account_id: str, reason: str) -> bool:
    organization = held_for_change(work, organization_id)
    found = _of_account(work.session, account_id, organization_id)
    if found is None or found.status == REMOVED:
        return False
    _end(work, organization, found, reason, vacate_one(organization_id))
    return True


def _end(work: Work, organization: Organization, found: Membership, reason: str | None, unseat: Update) -> Membership:
    was_manager = found.is_manager
    values: dict[str, object] = {"status": REMOVED, "role": MEMBER, "functions": [], "ends_at": work.now}
    found = _change(work, organization, found, "membership.removed", values, reason)
    if was_manager:
        if not counted(work, organization, unseat):
            raise refuse(Refusal.LAST_MANAGER)
        news.announce_managers(work, organization, managers(work.session, organization.id))
    return found


def _insist_holdable(organization: Organization, functions: Collection[str]) -> None:
    refusal = may_hold(functions, contracted=organization.contracted)
    insist(refusal, functions=list(beyond(functions, contracted=organization.contracted)))


def _of_account(session: Session, account_id: str, organization_id: str) -> Membership | None:
    same = select(Membership).where(Membership.account_id == account_id, Membership.organization_id == organization_id)
    return session.scalars(same).one_or_none()


def _new(
    work: Work,
    organization: Organization,
    account_id: str,
    functions: Collection[str],
    source: str,
    ends_at: datetime | None,
) -> Membership:
    return Membership(
        id=work.ids.new("mem"),
        account_id=account_id,
        organization_id=organization.id,
        status=ACTIVE,
        role=MEMBER,
        functions=list(in_order(functions)),
        starts_at=work.now,
        ends_at=ends_at,
        source=source,
        changed_at=work.now,
        version=1,
    )


def _change(
    work: Work,
    organization: Organization,
    found: Membership,
    event: str,
    values: dict[str, object],
    reason: str | None = None,
) -> Membership:
    before = news.held(found)
    values = {**values, "version": found.version + 1, "changed_at": work.now}
    if not claimed(work.session.execute(unchanged(found).values(values))):
        raise precondition_failed(CHANGED_MEANWHILE)
    work.session.refresh(found)
    news.tell(work, organization, found, event, before, reason)
    return found
