"""Demo data for the local run, through the same use cases as everything else: events, audit and rules included."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_manager.deputies import service as deputies
from access_manager.emergencies import service as emergencies
from access_manager.emergencies.rules import USUAL_MINUTES
from access_manager.functions.catalogue import in_order
from access_manager.invitations import service as invitations
from access_manager.memberships import seats, service
from access_manager.organizations.service import OrganizationFacts, learn
from access_manager.people import service as people
from access_manager.proposals import making
from access_manager.reviews import opening
from access_manager.rules.deputies import DELEGABLE, Period
from access_manager.rules.proposals import Kind
from access_manager.third_parties import codes, staff
from access_manager.third_parties import service as third_parties
from access_manager.third_parties.models import Side
from shared.service import Work

_SOURCE = "demo"
_DEPUTY_FOR, _REVIEWED_WITHIN = timedelta(days=14), timedelta(days=60)


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


def in_progress(work: Work, organization_id: str, colleague_id: str, invited: DemoPerson) -> None:
    """Leave things open as the manager who acts: somebody invited, and a colleague who is a deputy and asked to manage.

    Only where nobody was ever invited: what people did with it since stays as it is.
    """
    if invitations.listed(work.session, organization_id):
        return
    wanted = invitations.Wanted(invited.email, invited.display_name, invited.functions, invited.ends_at)
    invitations.invite(work, organization_id, wanted)
    members = service.members(work.session, organization_id)
    colleague = next(each.id for each in members if each.account_id == colleague_id)
    period = Period(work.now, work.now + _DEPUTY_FOR)
    deputies.name(work, organization_id, deputies.Naming(colleague, DELEGABLE, period))
    making.propose(work, organization_id, Kind.SEAT, colleague)


def review(work: Work, organization_id: str) -> None:
    """Open a review as the manager who acts, where there never was one."""
    if not opening.reviews_of(work.session, organization_id):
        opening.open_review(work, organization_id, work.now + _REVIEWED_WITHIN)
