"""Who may act for an organization, asked again under its lock: a manager removed a moment ago decides nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.memberships.models import ACTIVE, MANAGER, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from shared.errors import not_found
from shared.service import Actor, Work


def held_for_change(work: Work, organization_id: str) -> Organization:
    """Return the organization locked, for an actor who may change its access now; raises 404 for everybody else."""
    organization = organizations.hold(work, organization_id)
    insist_manager(work.session, work.actor, organization_id)
    return organization


def insist_manager(session: Session, actor: Actor, organization_id: str) -> None:
    """Let active managers of the organization pass, and clients and the system; raise the 404 of what is foreign.

    A client acts with a scope that only an operator grants; a person acts by their own membership alone.
    """
    if actor.kind == "person" and not manages(session, actor.id, organization_id):
        raise not_found()


def manages(session: Session, account_id: str, organization_id: str) -> bool:
    """Return whether the account is an active manager of the organization."""
    return organization_id in {organization.id for organization in managed_by(session, account_id)}


def managed_by(session: Session, account_id: str) -> list[Organization]:
    """Return the organizations that the account manages, by name."""
    mine = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    mine = mine.where(
        Membership.account_id == account_id, Membership.status == ACTIVE, Membership.role == MANAGER
    ).order_by(Organization.name, Organization.id)
    return list(session.scalars(mine))
