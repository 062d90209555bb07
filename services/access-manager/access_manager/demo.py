"""Demo data for the local run, through the same use cases as everything else: events, audit and rules included."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from access_manager.emergencies import service as emergencies
from access_manager.functions.catalogue import in_order
from access_manager.memberships import seats, service
from access_manager.organizations.service import OrganizationFacts, learn
from access_manager.people import service as people
from access_manager.rules.emergencies import USUAL_MINUTES
from access_manager.third_parties import codes, staff
from access_manager.third_parties import service as third_parties
from access_manager.third_parties.models import Side
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


def connect(work: Work, provider_id: str, company_id: str, sent: Mapping[str, Collection[str]] | None = None) -> None:
    """Let a company work for an organization with the people `sent` (functions by account); with none it has asked."""
    if third_parties.links_of(work.session, provider_id):
        return
    code = codes.renew(work, company_id).code
    functions = in_order({each for given in (sent or {}).values() for each in given} or {"claims.status.view"})
    link = third_parties.propose(work, provider_id, third_parties.Offer(Side.PROVIDER, code, functions))
    if sent is None:
        return
    third_parties.answer(work, company_id, link.id, accept=True)
    own = {each.account_id: each.id for each in service.members(work.session, company_id)}
    for account_id, given in sent.items():
        staff.assign(work, company_id, link.id, own[account_id], given)


def list_for_emergencies(work: Work, organization_id: str, functions: Collection[str]) -> None:
    """List what members may take up in an emergency, where nobody has listed anything yet."""
    if not emergencies.policy_of(work.session, organization_id).version:
        emergencies.set_policy(work, organization_id, functions, USUAL_MINUTES)
