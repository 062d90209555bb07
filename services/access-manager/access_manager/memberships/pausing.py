"""What reviews and dormancy do to a membership of a held organization: write its ends, suspend it, resume it, end it.

Each is one guarded UPDATE and one event with the whole membership, like every other change. Whoever calls has asked the
rules and holds the organization.
"""

from collections.abc import Mapping

from access_manager.memberships import news, service
from access_manager.memberships.authority import end_deputies
from access_manager.memberships.changing import CHANGED_MEANWHILE, change
from access_manager.memberships.models import ACTIVE, MEMBER, REMOVED, SUSPENDED, Membership, unchanged
from access_manager.organizations.models import Organization, unseat_one
from access_manager.organizations.service import counted
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import precondition_failed
from shared.service import Work

_CHANGED = "membership.changed"


def set_ends(work: Work, organization: Organization, found: Membership, ends: Mapping[str, str]) -> Membership:
    """Write when single functions end, and tell it; whoever decided that writes the audit. Raises 412.

    A review does this to everybody at once: an entry for each person would bury what managers look for there.
    """
    values = {"function_ends": dict(ends), "version": found.version + 1, "changed_at": work.now}
    if not claimed(work.session.execute(unchanged(found).values(values))):
        raise precondition_failed(CHANGED_MEANWHILE)
    work.session.refresh(found)
    news.publish(work, organization, found, _CHANGED)
    return found


def reduce(
    work: Work,
    organization: Organization,
    found: Membership,
    functions: list[str],
    ends: Mapping[str, str],
    reason: str,
) -> Membership:
    """Leave a member `functions`, some of what they hold. Raises 412."""
    left = {each: end for each, end in ends.items() if each in functions}
    return change(work, organization, found, _CHANGED, {"functions": functions, "function_ends": left}, reason)


def suspend(work: Work, organization: Organization, found: Membership, reason: str) -> Membership:
    """Suspend an active membership; a manager's seat is given up with it, the last one never (409). Raises 412."""
    was_manager = found.is_manager
    changed = change(work, organization, found, _CHANGED, {"status": SUSPENDED, "role": MEMBER}, reason)
    if was_manager:
        if not counted(work, organization, unseat_one(organization.id)):
            raise refuse(Refusal.LAST_MANAGER)
        news.announce_managers(work, organization, service.managers(work.session, organization.id))
        end_deputies(work, organization.id, found.account_id)
    return changed


def resume(work: Work, organization: Organization, found: Membership, reason: str) -> Membership:
    """Let a suspended membership hold again what it held. Raises 409 where it is not suspended, 412."""
    insist(None if found.status == SUSPENDED else Refusal.NOT_SUSPENDED)
    return change(work, organization, found, _CHANGED, {"status": ACTIVE}, reason)


def end(work: Work, organization: Organization, found: Membership, reason: str) -> Membership:
    """End a membership, a suspended one too; raises 409 where it has ended, and what `service.remove` raises."""
    if found.status != SUSPENDED:
        return service.remove(work, organization.id, found.id, reason)
    values: dict[str, object] = {"status": REMOVED, "functions": [], "function_ends": {}, "ends_at": work.now}
    return change(work, organization, found, "membership.removed", values, reason)
