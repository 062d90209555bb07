"""What one person holds, by organization; who manages it is told to members only (G15: no harvesting of names)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import Function, by_category, entitled
from access_manager.memberships import service as memberships
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person

Groups = Sequence[tuple[str, Sequence[Function]]]


@dataclass(frozen=True, slots=True)
class Own:
    """One organization of a person: the functions they hold, those they could hold, and its managers."""

    organization: Organization
    membership: Membership
    held: Groups
    lacking: Groups
    managers: Sequence[Person]

    def over(self, now: datetime) -> bool:
        """Whether the last day of access has passed."""
        return self.membership.ends_at is not None and self.membership.ends_at <= now


def own(session: Session, account_id: str) -> list[Own]:
    """The active memberships of an account, by the name of the organization."""
    wanted = (
        select(Membership, Organization)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.account_id == account_id, Membership.status == ACTIVE)
        .order_by(Organization.name, Organization.id)
    )
    found = [(membership, organization) for membership, organization in session.execute(wanted)]
    seats = {one.id: [each.account_id for each in memberships.managers(session, one.id)] for _, one in found}
    names = people.names(session, [account for accounts in seats.values() for account in accounts])
    return [_own(membership, one, seats[one.id], names) for membership, one in found]


def _own(
    membership: Membership, organization: Organization, managers: Sequence[str], names: Mapping[str, Person]
) -> Own:
    possible = entitled(contracted=organization.contracted)
    held = [each for each in membership.functions if each in possible]
    lacking = [each for each in possible if each not in membership.functions]
    known = [names[account] for account in managers if account in names]
    return Own(organization, membership, by_category(held), by_category(lacking), known)
