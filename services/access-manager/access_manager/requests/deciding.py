"""Use cases of managers: what waits, and the one decision. The first wins; who comes later is told who was first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import in_order
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, insist_holdable, insist_reach, lines_of
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations.models import Organization
from access_manager.requests import notices
from access_manager.requests.asking import shown
from access_manager.requests.flow import State, outcome
from access_manager.requests.models import AccessRequest, while_open
from access_manager.rules.asking import may_give
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import within
from access_manager.rules.managers import may_decide
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import not_found
from shared.service import Actor, Work


@dataclass(frozen=True)
class Verdict:
    """What a manager decides: the `functions` to give, or, with none, a reason of `REASONS` and a reply."""

    functions: Collection[str] = ()
    reason: str | None = None
    reply: str | None = None


@dataclass(frozen=True)
class Decided:
    """The request after the call. `first` is False where it was closed before; then nothing changed."""

    request: AccessRequest
    first: bool


def seen(session: Session, actor: Actor, organization_id: str, request_id: str, now: datetime) -> AccessRequest:
    """Return the request; raises the 404 that a foreign one gets too, also outside the actor's lines of business."""
    found = session.get(AccessRequest, request_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    member = _member(session, found)
    if not within(lines_of(session, actor, organization_id, now), member.lines if member else ()):
        raise not_found()
    return found


def named(
    session: Session, actor: Actor, organization_id: str, ids: Collection[str], now: datetime
) -> list[AccessRequest]:
    """Return those among `ids` that `seen` would return, in one statement besides the actor's reach."""
    reach = lines_of(session, actor, organization_id, now)
    there = (
        select(AccessRequest, Membership.lines)
        .outerjoin(
            Membership,
            (Membership.account_id == AccessRequest.account_id)
            & (Membership.organization_id == AccessRequest.organization_id)
            & (Membership.status == ACTIVE),
        )
        .where(AccessRequest.organization_id == organization_id, AccessRequest.id.in_(ids))
    )
    return [found for found, lines in session.execute(there) if within(reach, lines or ())]


def waiting(session: Session, actor: Actor, organization_id: str, now: datetime) -> list[AccessRequest]:
    """Return the open requests of people who are still members, the oldest first; raises 404 for whoever has no say."""
    reach = lines_of(session, actor, organization_id, now)
    still_open = (
        select(AccessRequest, Membership.lines)
        .join(
            Membership,
            (Membership.account_id == AccessRequest.account_id)
            & (Membership.organization_id == AccessRequest.organization_id),
        )
        .where(
            AccessRequest.organization_id == organization_id,
            AccessRequest.state == State.OPEN.value,
            Membership.status == ACTIVE,
        )
        .order_by(AccessRequest.asked_at, AccessRequest.id)
    )
    return [found for found, lines in session.execute(still_open) if within(reach, lines)]


def last_decided_at(session: Session, organization_id: str) -> datetime | None:
    """Return when the organization's managers last decided a request for more, or None."""
    decided = select(func.max(AccessRequest.decided_at)).where(
        AccessRequest.organization_id == organization_id, AccessRequest.decided_by.is_not(None)
    )
    return session.scalar(decided)


def decide(work: Work, organization_id: str, request_id: str, verdict: Verdict) -> Decided:
    """Decide once: one guarded UPDATE, and where something is given the membership, in this transaction.

    Raises 404 for whoever has no say there now, 403 for one's own and for a deputy about a manager, 409 once the
    person has left or where two managers must agree, the refusals of `may_give` and `may_hold`.
    """
    organization = held_for_change(work, organization_id, Scope.REQUESTS)
    found = seen(work.session, work.actor, organization_id, request_id, work.now)
    insist(may_decide(work.actor.id, found.account_id, work.actor.on_behalf_of))
    if verdict.functions:
        _insist_givable(work, organization, found, verdict.functions)
    first = claimed(work.session.execute(while_open(found.id).values(_decision(work, found, verdict))))
    work.session.refresh(found)
    if first:
        _carry_out(work, organization, found)
    return Decided(found, first)


def _insist_givable(work: Work, organization: Organization, found: AccessRequest, functions: Collection[str]) -> None:
    insist(may_give(found.functions, functions))
    insist_holdable(organization, functions)
    member = _member(work.session, found)
    if member is None:
        raise refuse(Refusal.NOT_A_MEMBER)
    insist_reach(work, member)
    # Whoever came through a connection since they asked holds what the connection gives, and nothing beyond it.
    insist(Refusal.THROUGH_CONNECTION if member.link_id else None)


def _member(session: Session, found: AccessRequest) -> Membership | None:
    """Return the membership of whoever asked, while they belong to the organization."""
    theirs = select(Membership).where(
        Membership.account_id == found.account_id,
        Membership.organization_id == found.organization_id,
        Membership.status == ACTIVE,
    )
    return session.scalars(theirs).one_or_none()


def _decision(work: Work, found: AccessRequest, verdict: Verdict) -> Mapping[str, object]:
    return {
        "state": outcome(found.functions, verdict.functions).value,
        "granted": list(in_order(verdict.functions)),
        "reason": None if verdict.functions else verdict.reason,
        "reply": verdict.reply or None,
        "decided_by": work.actor.id,
        "decided_at": work.now,
        "version": AccessRequest.version + 1,
    }


def _carry_out(work: Work, organization: Organization, found: AccessRequest) -> None:
    work.audit(
        "access.decided",
        target=found.account_id,
        organization=organization.id,
        before=shown(found),
        after={"outcome": found.state, "functions": list(found.granted)},
        reason=found.reason,
    )
    if found.granted:
        memberships.grant(work, organization, found.account_id, found.granted, source=f"request:{found.id}")
    notices.tell_asker(work, found, organization)
