"""The manager's seat: never 0 of them and never 16, however many rivals ask at once.

The count on the organization row is claimed by a guarded UPDATE under the row's lock; the database's own check stands
behind it. What a person may not change alone comes through a proposal, which holds the organization and calls `seat`,
`unseat` and `hand_over`.
"""

from access_manager.memberships import service
from access_manager.memberships.authority import end_deputies, held_for_change, insist_reach
from access_manager.memberships.models import MANAGER, MEMBER, Membership
from access_manager.memberships.news import announce_managers
from access_manager.organizations.limits import MANAGERS_MAXIMUM
from access_manager.organizations.models import Organization, seat_one, unseat_one
from access_manager.organizations.service import counted
from access_manager.rules.proposals import may_seat_alone
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.service import Work


def promote(work: Work, organization_id: str, membership_id: str, version: int | None = None) -> Membership:
    """Make a member a manager at once, for a program; an end date is lifted.

    Raises 409 for a person, for the sixteenth and for whoever is one, 404, 412.
    """
    organization = held_for_change(work, organization_id)
    found = service.active(work.session, organization_id, membership_id, version)
    person = work.actor.kind == "person"
    insist(may_seat_alone(work.actor.id, found.account_id, person=person, seating=True))
    return seat(work, organization, found)


def demote(work: Work, organization_id: str, membership_id: str, version: int | None = None) -> Membership:
    """Make a manager an ordinary member: a person themself, a program anybody.

    Raises 409 for the last one, for another person's seat, 404, 412.
    """
    organization = held_for_change(work, organization_id)
    found = service.active(work.session, organization_id, membership_id, version)
    insist_reach(work, found)
    person = work.actor.kind == "person"
    insist(may_seat_alone(work.actor.id, found.account_id, person=person, seating=False))
    return unseat(work, organization, found)


def seat(work: Work, organization: Organization, found: Membership) -> Membership:
    """Give a member of a held organization the seat of a manager; raises 409 for the sixteenth and for a manager."""
    insist(Refusal.ALREADY_A_MANAGER if found.is_manager else None)
    insist(Refusal.THROUGH_CONNECTION if found.link_id else None)
    if not counted(work, organization, seat_one(organization.id)):
        raise refuse(Refusal.TOO_MANY_MANAGERS)
    changed = service.set_role(work, organization, found, MANAGER)
    announce_managers(work, organization, service.managers(work.session, organization.id))
    return changed


def unseat(work: Work, organization: Organization, found: Membership) -> Membership:
    """Take the seat of a manager of a held organization; raises 409 for the last one, with the way to hand over."""
    insist(None if found.is_manager else Refusal.NOT_A_MANAGER)
    if not counted(work, organization, unseat_one(organization.id)):
        raise refuse(Refusal.LAST_MANAGER, hand_over=service.WAY_OUT)
    changed = service.set_role(work, organization, found, MEMBER)
    end_deputies(work, organization.id, found.account_id)
    announce_managers(work, organization, service.managers(work.session, organization.id))
    return changed


def hand_over(work: Work, organization: Organization, giver: Membership, taker: Membership) -> None:
    """Seat one and unseat the other in this transaction, in the order that keeps the count between 1 and 15."""
    if organization.manager_count < MANAGERS_MAXIMUM:
        seat(work, organization, taker)
        unseat(work, organization, giver)
    else:
        unseat(work, organization, giver)
        seat(work, organization, taker)
