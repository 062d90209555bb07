"""Holding an organization to a policy: what is written, and what its living sessions feel."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.entitlements.models import Membership
from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from identity.policies.service import Deviation
from identity.sessions import service as sessions
from shared.service import Work


def hold(work: Work, organization_id: str, policy: OrganizationPolicy, justification: str) -> int:
    """Hold the organization to the policy; return how many living sessions follow it from now on.

    Raises the 422 Problem of `policies.service.set_organization`.
    """
    policies.set_organization(work, organization_id, policy, justification)
    return sessions.follow_policy(work, organization_id)


def names_of(session: Session, found: Iterable[Deviation]) -> dict[str, str]:
    """Return the names of the organizations among the deviations, by id."""
    ids = {one.organization_id for one in found if one.organization_id}
    return {each: name for each in ids if (name := name_of(session, each))}


def name_of(session: Session, organization_id: str) -> str | None:
    """Return the organization's name as memberships tell it; None where nobody here is or was its member."""
    mine = select(Membership.organization).where(Membership.organization_id == organization_id)
    found = session.scalars(mine.order_by(Membership.starts_at.desc()).limit(1)).first()
    return str(found["name"]) if found else None
