"""Working for another of one's organizations: one at a time, chosen at sign-in, switched without a new one."""

from enum import Enum

from identity.entitlements import service as entitlements
from identity.mfa.assurance import satisfies
from identity.policies import service as policies
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.service import Work


class Switched(Enum):
    """What came of it."""

    DONE = "done"
    NOT_YOURS = "not_yours"


def switch(work: Work, here: SessionView, organization_id: str) -> Switched | str:
    """Make the organization the one that tokens speak of from the next one on.

    Returns the level to reach first where the organization asks for a stronger sign-in than this one is (B5).
    """
    held = entitlements.active(work.session, here.account_id, work.now)
    if organization_id not in {str(one.organization["id"]) for one in held}:
        return Switched.NOT_YOURS
    needed = policies.organization(work.session, organization_id).minimum_acr
    if needed is not None and not satisfies(here.acr, needed):
        return needed
    if not sessions.choose_organization(work, here.id, organization_id):
        return Switched.NOT_YOURS
    if organization_id != here.organization_id:
        before = {"organization_id": here.organization_id}
        work.audit("session.organization_chosen", target=here.account_id, organization=organization_id, before=before)
    return Switched.DONE
