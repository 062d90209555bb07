"""Who may act for an organization, asked again under its lock: a manager removed a moment ago decides nothing.

A manager may everything. A deputy may what the manager named them for, within the period, as themself on that
manager's behalf; `Scope.MANAGER`, the default everywhere, is what a deputy never may, so that a door somebody forgot
stays closed to them. Both reach only what lies within the manager's lines of business.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from access_manager.functions.catalogue import beyond
from access_manager.memberships.models import ACTIVE, MANAGER, Deputy, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.rules.deputies import Scope, may_touch
from access_manager.rules.holding import may_hold
from access_manager.rules.lines import within
from access_manager.rules.proposals import may_give_alone
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.errors import not_found
from shared.service import Actor, Work

_ALL = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody may act for an organization: as its manager, or as the deputy of one until an instant.

    `lines`: the manager's lines of business; none named means all.
    """

    scopes: frozenset[Scope]
    lines: Sequence[str] = ()
    on_behalf_of: str | None = None
    until: datetime | None = None


def held_for_change(work: Work, organization_id: str, scope: Scope = Scope.MANAGER) -> Organization:
    """Return the organization locked, for an actor who may change its access now; raises 404 for everybody else.

    A deputy who acts within `scope` acts on behalf of their manager from here on: the audit names both.
    """
    organization = organizations.hold(work, organization_id)
    if work.actor.kind == "person":
        found = _insisted(work.session, work.actor, organization_id, scope, work.now)
        work.actor = replace(work.actor, on_behalf_of=found.on_behalf_of)
    return organization


def insist_manager(
    session: Session,
    actor: Actor,
    organization_id: str,
    scope: Scope = Scope.MANAGER,
    now: datetime | None = None,
) -> None:
    """Let active managers of the organization pass, and clients and the system; raise the 404 of what is foreign.

    A client acts with a scope that only an operator grants; a person acts by their own membership alone, or, where
    `scope` is one that can be handed on, as a deputy at the instant `now`; a deputy without it gets 403.
    """
    if actor.kind == "person":
        _insisted(session, actor, organization_id, scope, now)


def manages(session: Session, account_id: str, organization_id: str) -> bool:
    """Return whether the account is an active manager of the organization."""
    return organization_id in {organization.id for organization in managed_by(session, account_id)}


def managed_by(session: Session, account_id: str, now: datetime | None = None) -> list[Organization]:
    """Return the organizations that the account manages, by name; at an instant also those it is a deputy in."""
    mine = select(Membership.organization_id).where(_seated(account_id))
    ids = set(session.scalars(mine))
    if now is not None:
        ids |= {row.Deputy.organization_id for row in session.execute(_deputies(now, account_id))}
    wanted = select(Organization).where(Organization.id.in_(ids)).order_by(Organization.name, Organization.id)
    return list(session.scalars(wanted)) if ids else []


def standing(
    session: Session, account_id: str, organization_id: str, now: datetime, scope: Scope | None = None
) -> Standing | None:
    """Return how the account may act for the organization at that instant, or None.

    A deputy of several managers acts for one of them: for who named them for `scope`, for the longest time.
    """
    seat = session.scalars(
        select(Membership).where(_seated(account_id), Membership.organization_id == organization_id)
    ).one_or_none()
    if seat is not None:
        return Standing(_ALL, seat.lines)
    named = session.execute(_deputies(now, account_id).where(Deputy.organization_id == organization_id)).all()
    fitting = [row for row in named if scope is None or scope in row.Deputy.scopes]
    return _as_deputy((fitting or named)[0]) if named else None


def stand_ins(session: Session, organization_id: str, scope: Scope, lines: Collection[str], now: datetime) -> list[str]:
    """Return the accounts of the deputies who act in `scope` at that instant for a manager who reaches the lines."""
    named = session.execute(_deputies(now).where(Deputy.organization_id == organization_id))
    fitting = [row.Deputy for row in named if scope in row.Deputy.scopes and within(row.lines, lines)]
    return list(dict.fromkeys(each.deputy_id for each in fitting))


def lines_of(session: Session, actor: Actor, organization_id: str, now: datetime) -> Sequence[str]:
    """Return the lines of business the actor may act on; none named means all. Raises 404 for whoever has no say."""
    if actor.kind != "person":
        return ()
    found = standing(session, actor.id, organization_id, now)
    if found is None:
        raise not_found()
    return found.lines


def insist_reach(work: Work, found: Membership) -> None:
    """Raise 404 for a member outside the actor's lines of business, and 403 for a deputy at a manager's access.

    For an organization that is held for a change: the actor is known to have a say there.
    """
    if not within(lines_of(work.session, work.actor, found.organization_id, work.now), found.lines):
        raise not_found()
    as_deputy = work.actor.kind == "person" and work.actor.on_behalf_of is not None
    insist(may_touch(as_deputy=as_deputy, is_manager=found.is_manager))


def insist_alone(work: Work, organization: Organization, held: Collection[str], wanted: Collection[str]) -> None:
    """Raise 409 where a person gives sensitive functions alone and the organization wants four eyes for that.

    Whoever has no say there gives nothing: an invited person who joins takes what a manager gave before.
    """
    if work.actor.kind != "person" or not organization.four_eyes:
        return
    if standing(work.session, work.actor.id, organization.id, work.now) is not None:
        insist(may_give_alone(held, wanted, asked=organization.four_eyes, managers=organization.manager_count))


def insist_holdable(organization: Organization, functions: Collection[str]) -> None:
    """Raise 409 where the organization may not hold some of `functions`, naming them; 422 for unknown ones."""
    kind, contracted = organization.kind, organization.contracted
    withheld = list(beyond(functions, kind=kind, contracted=contracted))
    insist(may_hold(functions, kind=kind, contracted=contracted), functions=withheld)


def end_deputies(work: Work, organization_id: str, account_id: str) -> None:
    """End for good what somebody named, and what they were named for, once they lost the seat or left.

    They have no say already, for their membership says so; this keeps it from coming back when they do.
    """
    theirs = or_(Deputy.manager_id == account_id, Deputy.deputy_id == account_id)
    open_ones = select(Deputy).where(
        Deputy.organization_id == organization_id, theirs, Deputy.ended_at.is_(None), Deputy.ends_at > work.now
    )
    for each in work.session.scalars(open_ones).all():
        each.ended_at, each.ended_by = work.now, work.actor.id
        work.audit("deputy.ended", target=each.deputy_id, organization=organization_id, before={"deputy": each.id})


def _insisted(session: Session, actor: Actor, organization_id: str, scope: Scope, now: datetime | None) -> Standing:
    if scope is Scope.MANAGER and now is None:
        if manages(session, actor.id, organization_id):
            return Standing(_ALL)
        raise not_found()
    found = standing(session, actor.id, organization_id, now, scope) if now is not None else None
    if found is None:
        raise not_found()
    if scope not in found.scopes:
        raise refuse(Refusal.DEPUTY_BEYOND)
    return found


def _as_deputy(row: Row[Deputy, Sequence[str]]) -> Standing:
    named: Deputy = row.Deputy
    return Standing(frozenset(map(Scope, named.scopes)), row.lines, named.manager_id, named.ends_at)


def _seated(account_id: str) -> ColumnElement[bool]:
    return and_(Membership.account_id == account_id, Membership.status == ACTIVE, Membership.role == MANAGER)


def _deputies(now: datetime, account_id: str | None = None) -> Select[Deputy, Sequence[str]]:
    """Who is a deputy at the instant: named, in the period, the manager seated, itself a member; or this account."""
    theirs = Deputy.deputy_id == account_id if account_id else true()
    own, seat = aliased(Membership), aliased(Membership)
    here = Deputy.organization_id
    return (
        select(Deputy, seat.lines)
        .join(own, and_(own.organization_id == here, own.account_id == Deputy.deputy_id))
        .join(seat, and_(seat.organization_id == here, seat.account_id == Deputy.manager_id))
        .where(theirs, Deputy.ended_at.is_(None))
        .where(Deputy.starts_at <= now, Deputy.ends_at > now)
        .where(own.status == ACTIVE, or_(own.ends_at.is_(None), own.ends_at > now))
        .where(seat.status == ACTIVE, seat.role == MANAGER)
        .order_by(Deputy.ends_at.desc(), Deputy.id)
    )
