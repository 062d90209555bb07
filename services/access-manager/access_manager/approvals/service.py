"""Use cases of approvals: open, end, decide. The first decision wins; who comes later is told who was first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_manager.approvals import notices, reminders
from access_manager.approvals.flow import State, explained, outcome
from access_manager.approvals.models import Approval, EndedApplication, while_open
from access_manager.functions.catalogue import in_order
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, lines_of, stand_ins
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import in_order as lines_in_order
from access_manager.rules.lines import within
from access_manager.rules.managers import may_decide
from access_manager.rules.refusals import insist
from shared.db import claimed
from shared.errors import not_found
from shared.service import Actor, Work


@dataclass(frozen=True)
class Asked:
    """What registration tells of a submitted application."""

    application_id: str
    organization_id: str
    account_id: str
    display_name: str
    email: str
    kind: str
    functions: Collection[str]
    submitted_at: datetime
    due_at: datetime
    remind_at: Sequence[str] = ()  # RFC 3339 instants
    lines: Collection[str] = ()  # of business; none named means all


@dataclass(frozen=True)
class Verdict:
    """What a manager decides: `functions` to grant (empty on a denial), or a reason of `DENIAL_REASONS` and a note."""

    approve: bool
    functions: Collection[str] = ()
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Decided:
    """The approval after the call. `first` is False where somebody had closed it before; then nothing changed."""

    approval: Approval
    first: bool


def find(session: Session, organization_id: str, approval_id: str) -> Approval:
    """Return the approval; raises the 404 that a foreign one gets too."""
    found = session.get(Approval, approval_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def inbox(session: Session, organization_id: str) -> list[Approval]:
    """Return the open approvals of the organization, the oldest first."""
    still_open = select(Approval).where(Approval.organization_id == organization_id, Approval.state == State.OPEN.value)
    return list(session.scalars(still_open.order_by(Approval.submitted_at, Approval.id)))


def inbox_of(session: Session, actor: Actor, organization_id: str, now: datetime) -> list[Approval]:
    """Return the open approvals that lie within the actor's lines of business; raises 404 for whoever has no say."""
    reach = lines_of(session, actor, organization_id, now)
    return [each for each in inbox(session, organization_id) if within(reach, each.lines)]


def seen(session: Session, actor: Actor, organization_id: str, approval_id: str, now: datetime) -> Approval:
    """Return the approval; raises 404 outside the actor's lines of business too."""
    found = find(session, organization_id, approval_id)
    if not within(lines_of(session, actor, organization_id, now), found.lines):
        raise not_found()
    return found


def named(session: Session, actor: Actor, organization_id: str, ids: Collection[str], now: datetime) -> list[Approval]:
    """Return those among `ids` that `seen` would return, in one statement besides the actor's reach."""
    reach = lines_of(session, actor, organization_id, now)
    there = select(Approval).where(Approval.organization_id == organization_id, Approval.id.in_(ids))
    return [each for each in session.scalars(there) if within(reach, each.lines)]


def last_decided_at(session: Session, organization_id: str) -> datetime | None:
    """Return when the organization's managers last decided anything, or None; what was withdrawn was not decided."""
    decided = select(func.max(Approval.decided_at)).where(
        Approval.organization_id == organization_id, Approval.decided_by.is_not(None)
    )
    return session.scalar(decided)


def open_approval(work: Work, asked: Asked) -> Approval | None:
    """Open an approval and tell every manager; None where the application is known or has ended already.

    A known one that is open is told again where the organization got managers after it had lost them: they are asked.

    Where the last manager left meanwhile nobody inside can decide: the approval stays open, marked for the desk.
    """
    organization = organizations.hold(work, asked.organization_id)
    people.learn(work, asked.account_id, asked.display_name, asked.email)
    seated = memberships.managers(work.session, organization.id)
    managers = [each for each in seated if within(each.lines, asked.lines)]
    known = _of_application(work.session, asked.application_id)
    if known is not None:
        _ask_again(work, known, asked, organization, managers)
        return None
    if work.session.get(EndedApplication, asked.application_id) is not None:
        return None
    approval = Approval(
        **vars(asked)
        | {"functions": list(in_order(asked.functions)), "lines": lines_in_order(asked.lines)}
        | reminders.plan(asked.remind_at, work.now),
        id=work.ids.new("apr"),
        state=State.OPEN.value,
        escalated_at=None if managers else work.now,
        granted=[],
        version=1,
    )
    work.session.add(approval)
    work.session.flush()
    _publish_required(work, approval)
    work.audit("approval.required", target=approval.account_id, organization=organization.id, after=_shown(approval))
    if not managers:
        work.audit("approval.escalated", target=approval.account_id, organization=organization.id, reason="no_managers")
    notices.tell_managers(work, approval, organization, _asked_people(work, approval, managers))
    return approval


def end(work: Work, application_id: str, state: State, *, keep: bool = False) -> None:
    """Close the approval of an application that ended elsewhere, or remember the end until its opening arrives.

    Where a manager approved before this news arrived, the person has been told the end already: the access goes,
    unless `keep`: the end was an approval too.
    """
    found = _of_application(work.session, application_id)
    if found is None:
        if work.session.get(EndedApplication, application_id) is None:
            work.session.add(EndedApplication(application_id=application_id, outcome=state.value, ended_at=work.now))
        return
    values = {"state": state.value, "decided_at": work.now, "version": found.version + 1}
    if claimed(work.session.execute(while_open(found.id).values(values))):
        work.audit(f"approval.{state.value}", target=found.account_id, organization=found.organization_id)
    elif found.decided_at is not None and not keep:
        memberships.take_back(
            work, found.organization_id, found.account_id, source=source_of(found), given_at=found.decided_at
        )


def source_of(approval: Approval) -> str:
    """Name the approval as the source of a membership."""
    return f"approval:{approval.id}"


def decide(work: Work, organization_id: str, approval_id: str, verdict: Verdict) -> Decided:
    """Decide once: one guarded UPDATE, one event, and on an approval the membership, in this transaction.

    Raises 404 for whoever does not manage the organization now, 403 `self-approval`, the refusals of `may_hold`.
    """
    organization = held_for_change(work, organization_id, Scope.REQUESTS)
    found = seen(work.session, work.actor, organization_id, approval_id, work.now)
    insist(may_decide(work.actor.id, found.account_id, work.actor.on_behalf_of))
    state = outcome(found.functions, verdict.functions) if verdict.approve else State.DENIED
    first = claimed(work.session.execute(while_open(found.id).values(_decision(work, found, verdict, state))))
    work.session.refresh(found)
    if first:
        _carry_out(work, organization, found, verdict)
    return Decided(found, first)


def _decision(work: Work, found: Approval, verdict: Verdict, state: State) -> Mapping[str, object]:
    return {
        "state": state.value,
        "granted": list(in_order(verdict.functions)) if verdict.approve else [],
        "reason": None if verdict.approve else verdict.reason,
        "note": verdict.note or None,
        "decided_by": work.actor.id,
        "decided_at": work.now,
        "version": found.version + 1,
    }


def _carry_out(work: Work, organization: Organization, found: Approval, verdict: Verdict) -> None:
    work.publish(
        "approval.decided",
        subject=found.id,
        sequence=found.version,
        data={
            "approval_id": found.id,
            "application_id": found.application_id,
            "account_id": found.account_id,
            "organization_id": found.organization_id,
            "outcome": found.state,
            "functions": list(found.granted),
            "reason": explained(found.reason, found.note) if found.reason else None,
            "decided_at": found.decided_at,
        },
    )
    work.audit(
        "approval.decided",
        target=found.account_id,
        organization=organization.id,
        before=_shown(found),
        after={"outcome": found.state, "functions": list(found.granted)},
        reason=found.reason,
    )
    if verdict.approve:
        source = source_of(found)
        memberships.grant(work, organization, found.account_id, verdict.functions, source=source, lines=found.lines)


def _publish_required(work: Work, approval: Approval) -> None:
    work.publish(
        "approval.required",
        subject=approval.id,
        sequence=approval.version,
        data={
            "approval_id": approval.id,
            "application_id": approval.application_id,
            "organization_id": approval.organization_id,
            "account_id": approval.account_id,
            "functions": list(approval.functions),
            "due_at": approval.due_at,
        },
    )


def _ask_again(
    work: Work, known: Approval, asked: Asked, organization: Organization, managers: Sequence[Membership]
) -> None:
    """Ask the managers there are now; who was written to before is not written to again."""
    if known.state != State.OPEN or not managers:
        return
    values = {"due_at": asked.due_at, "escalated_at": None, **reminders.plan(asked.remind_at, work.now)}
    if claimed(work.session.execute(while_open(known.id).values(values))):
        work.session.refresh(known)
        notices.tell_managers(work, known, organization, _asked_people(work, known, managers))


def _asked_people(work: Work, approval: Approval, managers: Sequence[Membership]) -> list[str]:
    """Return whose decision is asked for: the managers, and whoever stands in for one of them now."""
    seated = [membership.account_id for membership in managers]
    return seated + stand_ins(work.session, approval.organization_id, Scope.REQUESTS, approval.lines, work.now)


def _of_application(session: Session, application_id: str) -> Approval | None:
    return session.scalars(select(Approval).where(Approval.application_id == application_id)).one_or_none()


def _shown(approval: Approval) -> dict[str, object]:
    return {"approval": approval.id, "name": approval.display_name, "functions": list(approval.functions)}
