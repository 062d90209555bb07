"""Reminders: managers who have not answered are written to again, at the instants registration named.

Registration owns the calendar of business days; here an instant has come or it has not. Each is claimed by one guarded
UPDATE, so that two workers write once, and nobody is reminded of a request that is closed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from access_manager.approvals import notices
from access_manager.approvals.flow import State
from access_manager.approvals.models import Approval, while_open
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import stand_ins
from access_manager.organizations import service as organizations
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import within
from shared.db import claimed
from shared.events.event import instant
from shared.service import Context, Work

_BATCH = 200


def plan(instants: Sequence[str], now: datetime) -> dict[str, object]:
    """The columns of an approval that is to be reminded of at these instants; those that are past are left out."""
    ahead = sorted(each for each in map(instant, instants) if each > now)
    return {"remind_at": ahead[0] if ahead else None, "later_reminders": [each.isoformat() for each in ahead[1:]]}


def remind(context: Context) -> int:
    """Write to the managers of each request whose instant has come; return how many requests that were."""
    due = select(Approval.id).where(Approval.remind_at <= context.clock.now(), Approval.state == State.OPEN.value)
    with context.reading() as session:
        found = list(session.scalars(due.order_by(Approval.remind_at).limit(_BATCH)))
    reminded = 0
    for approval_id in found:
        with context.transaction() as work:
            reminded += _remind(work, approval_id)
    return reminded


def _remind(work: Work, approval_id: str) -> bool:
    approval = work.session.get(Approval, approval_id)
    if approval is None or approval.remind_at is None:
        return False
    told = approval.remind_at
    mine = while_open(approval_id).where(Approval.remind_at == told)
    if not claimed(work.session.execute(mine.values(plan(approval.later_reminders or [], work.now)))):
        return False
    organization = organizations.find(work.session, approval.organization_id)
    seated = memberships.managers(work.session, organization.id)
    managers = [each.account_id for each in seated if within(each.lines, approval.lines)]
    managers += stand_ins(work.session, organization.id, Scope.REQUESTS, approval.lines, work.now)
    notices.remind_managers(work, approval, organization, managers, told)
    work.audit("approval.reminded", target=approval.account_id, organization=organization.id)
    return True
