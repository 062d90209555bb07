"""Use cases of memberships: grant, change, remove. Each holds the organization first, asks the rules, then writes.

Every change is one guarded UPDATE, one event with the whole membership, and one audit entry, in one transaction.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import in_order
from access_manager.memberships import news
from access_manager.memberships.authority import (
    end_deputies,
    held_for_change,
    insist_alone,
    insist_holdable,
    insist_reach,
    lines_of,
    standing,
)
from access_manager.memberships.changing import CHANGED_MEANWHILE
from access_manager.memberships.changing import change as _change
from access_manager.memberships.models import ACTIVE, MANAGER, MEMBER, REMOVED, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization, unseat_one, vacate_one
from access_manager.organizations.service import counted
from access_manager.rules.asking import running
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import in_order as lines_in_order
from access_manager.rules.lines import joined, may_limit, within
from access_manager.rules.managers import may_end_at, may_set
from access_manager.rules.proposals import may_remove_alone
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.errors import not_found, precondition_failed
from shared.service import Actor, Work

# Where the last manager finds how to hand over.
WAY_OUT = "/manage/managers/hand-over"


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


def seen_by(session: Session, actor: Actor, organization_id: str, now: datetime) -> list[Membership]:
    """Return the members within the actor's lines of business; raises 404 for whoever has no say there."""
    reach = lines_of(session, actor, organization_id, now)
    return [each for each in members(session, organization_id) if within(reach, each.lines)]


def seen(session: Session, actor: Actor, organization_id: str, membership_id: str, now: datetime) -> Membership:
    """Return one membership, removed ones included; raises 404 outside the actor's lines of business too."""
    found = find(session, organization_id, membership_id)
    if not within(lines_of(session, actor, organization_id, now), found.lines):
        raise not_found()
    return found


def managers(session: Session, *organization_ids: str) -> list[Membership]:
    """Return the active managers of an organization, or of several at once, the longest-standing first."""
    seated = select(Membership).where(
        Membership.organization_id.in_(organization_ids), Membership.status == ACTIVE, Membership.role == MANAGER
    )
    return list(session.scalars(seated.order_by(Membership.starts_at, Membership.id)))


def grant(
    work: Work,
    organization: Organization,
    account_id: str,
    functions: Collection[str],
    *,
    source: str,
    ends_at: datetime | None = None,
    lines: Collection[str] | None = None,
    agreed: bool = False,
) -> Membership:
    """Make the account a member with `functions`; whoever is one keeps what they hold and gets the rest.

    The organization must be held. `lines`: the lines of business it is for, [] for all; None leaves a member's own,
    and gives somebody new those of the manager who gives. `agreed`: two managers have. Raises the refusals of
    `may_hold`, 409 where sensitive functions need a second manager.
    """
    insist_holdable(organization, functions)
    found = _of_account(work.session, account_id, organization.id)
    if not agreed:
        insist_alone(work, organization, _usable(found, work.now), functions)
    if found is None:
        found = _new(work, organization, account_id, functions, source, ends_at)
        found.lines = _given_lines(work, organization, lines)
        work.session.add(found)
        work.session.flush()
        news.tell(work, organization, found, "membership.granted", before=None)
        return found
    # What came through a company ends where the organization gives access itself: nothing of it outlives the link.
    runs = found.status == ACTIVE and found.link_id is None and (found.ends_at is None or found.ends_at > work.now)
    held = found.functions if runs else ()
    values: dict[str, object] = {"functions": list(in_order({*held, *functions})), "source": source}
    # What is given anew no longer ends when an earlier gift of it would have ended.
    values["function_ends"] = _ends(found, set(held) - set(functions))
    if runs:
        values |= {} if lines is None else {"lines": joined(found.lines, lines)}
        return _change(work, organization, found, "membership.changed", values)
    values["lines"] = _given_lines(work, organization, lines)
    values |= {"status": ACTIVE, "role": MEMBER, "starts_at": work.now, "ends_at": ends_at}
    values |= {"link_id": None, "via_organization_id": None}
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
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    found = active(work.session, organization_id, membership_id, version)
    insist_reach(work, found)
    insist(Refusal.THROUGH_CONNECTION if found.link_id else None)
    insist_holdable(organization, functions)
    insist(may_set(work.actor.id, found.account_id, found.functions, functions))
    insist_alone(work, organization, _usable(found, work.now), functions)
    if ends_at != found.ends_at:
        insist(may_end_at(ends_at, manager=found.is_manager, now=work.now))
    values: dict[str, object] = {"functions": list(in_order(functions)), "ends_at": ends_at}
    values["function_ends"] = _ends(found, functions)
    return _change(work, organization, found, "membership.changed", values)


def remove(
    work: Work, organization_id: str, membership_id: str, reason: str | None = None, version: int | None = None
) -> Membership:
    """End a membership now; a manager's seat is given up with it, the last one never. Raises refusals, 404, 412."""
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    found = active(work.session, organization_id, membership_id, version)
    insist_reach(work, found)
    person = work.actor.kind == "person"
    insist(may_remove_alone(work.actor.id, found.account_id, person=person, is_manager=found.is_manager))
    return _end(work, organization, found, reason, unseat_one(organization.id))


def set_lines(
    work: Work, organization_id: str, membership_id: str, lines: Collection[str], version: int | None = None
) -> Membership:
    """Limit a member to lines of business, [] for all of them: a manager who manages all of them may, and a program.

    Raises 409 for a manager's row, whose reach is nobody's to cut alone; 403, 404, 412, 422.
    """
    organization = held_for_change(work, organization_id)
    found = active(work.session, organization_id, membership_id, version)
    insist_reach(work, found)
    reach = lines_of(work.session, work.actor, organization_id, work.now)
    insist(may_limit(reach, work.actor.id, found.account_id, lines))
    insist(Refusal.MANAGER_ROLE_FIRST if work.actor.kind == "person" and found.is_manager else None)
    return _change(work, organization, found, "membership.changed", {"lines": lines_in_order(lines)})


def leave_all(work: Work, account_id: str, reason: str) -> int:
    """End every membership of an account that is closed, the seat of a last manager too; return how many ended.

    An organization left without a manager is one whose people the support desk vets again.
    """
    mine = select(Membership.organization_id).where(Membership.account_id == account_id, Membership.status != REMOVED)
    # All before the first row is written: a company's change locks its people's rows.
    places = organizations.hold_all(work, work.session.scalars(mine))
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


def refused_by_provider(link_id: str) -> str:
    """Name as a source that the organization itself took off a person who came through the link: they stay off."""
    return f"refused:{link_id}"


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
    values["function_ends"] = {}
    if found.link_id and work.actor.kind != "system":
        values["source"] = refused_by_provider(found.link_id)
    found = _change(work, organization, found, "membership.removed", values, reason)
    if was_manager:
        if not counted(work, organization, unseat):
            raise refuse(Refusal.LAST_MANAGER, hand_over=WAY_OUT)
        news.announce_managers(work, organization, managers(work.session, organization.id))
    end_deputies(work, organization.id, found.account_id)
    return found


def _usable(found: Membership | None, now: datetime) -> set[str]:
    """Return what somebody can use by a membership of their own: what has ended, or is lent, would be given anew."""
    if found is None or found.status != ACTIVE or found.link_id is not None:
        return set()
    return running(found.functions, found.function_ends, found.ends_at, now)


def _ends(found: Membership, functions: Collection[str]) -> dict[str, str]:
    """Return the ends that functions of the membership keep, of those among `functions`."""
    return {each: end for each, end in found.function_ends.items() if each in functions}


def _given_lines(work: Work, organization: Organization, lines: Collection[str] | None) -> list[str]:
    """Return the lines of somebody new: as told, else those of the manager who gives."""
    if lines is not None or work.actor.kind != "person":
        return lines_in_order(lines or ())
    giver = standing(work.session, work.actor.id, organization.id, work.now)
    return list(giver.lines) if giver else []


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
