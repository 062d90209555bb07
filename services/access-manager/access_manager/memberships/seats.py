"""The manager's seat: never 0 of them and never 16, however many rivals ask at once.

The count on the organization row is claimed by a guarded UPDATE under the row's lock; the database's own check stands
behind it.
"""

from access_manager.memberships import service
from access_manager.memberships.authority import held_for_change
from access_manager.memberships.models import MANAGER, MEMBER, Membership
from access_manager.memberships.news import announce_managers
from access_manager.organizations.models import Organization, seat_one, unseat_one
from access_manager.organizations.service import counted
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.service import Work


def promote(work: Work, organization_id: str, membership_id: str, version: int | None = None) -> Membership:
    """Make a member a manager; an end date is lifted. Raises 409 for the sixteenth and for whoever is one, 404, 412."""
    organization = held_for_change(work, organization_id)
    found = service.active(work.session, organization_id, membership_id, version)
    insist(Refusal.ALREADY_A_MANAGER if found.is_manager else None)
    return seat(work, organization, found)


def demote(work: Work, organization_id: str, membership_id: str, version: int | None = None) -> Membership:
    """Make a manager an ordinary member, oneself included. Raises 409 for the last one, 404, 412."""
    organization = held_for_change(work, organization_id)
    found = service.active(work.session, organization_id, membership_id, version)
    insist(None if found.is_manager else Refusal.NOT_A_MANAGER)
    if not counted(work, organization, unseat_one(organization.id)):
        raise refuse(Refusal.LAST_MANAGER)
    changed = service.set_role(work, organization, found, MEMBER)
    announce_managers(work, organization, service.managers(work.session, organization.id))
    return changed


def seat(work: Work, organization: Organization, found: Membership) -> Membership:
    """Give a member of a held organization the seat of a manager; raises 409 for the sixteenth."""
    if not counted(work, organization, seat_one(organization.id)):
        raise refuse(Refusal.TOO_MANY_MANAGERS)
    changed = service.set_role(work, organization, found, MANAGER)
    announce_managers(work, organization, service.managers(work.session, organization.id))
    return changed
