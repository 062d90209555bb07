"""Demo data for the local run, through the same use cases as everything else: events, audit and rules included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access_manager.memberships import seats, service
from access_manager.organizations.service import OrganizationFacts, learn
from access_manager.people import service as people
from shared.service import Work

_SOURCE = "demo"


@dataclass(frozen=True)
class DemoPerson:
    """One person of a practice; the account exists at identity already."""

    account_id: str
    display_name: str
    email: str
    functions: tuple[str, ...]
    manager: bool = False
    ends_at: datetime | None = None


@dataclass(frozen=True)
class DemoPractice:
    """One organization with its people; without people it is known and has nobody yet."""

    organization: OrganizationFacts
    people: tuple[DemoPerson, ...] = ()


def seed(work: Work, practices: Sequence[DemoPractice]) -> None:
    """Make the practices and seat their people; what was seeded before stays as it is."""
    for practice in practices:
        organization = learn(work, practice.organization)
        for person in practice.people:
            people.learn(work, person.account_id, person.display_name, person.email)
            if service.granted_by(work.session, person.account_id, organization.id, _SOURCE):
                continue
            found = service.grant(
                work, organization, person.account_id, person.functions, source=_SOURCE, ends_at=person.ends_at
            )
            if person.manager:
                seats.seat(work, organization, found)
