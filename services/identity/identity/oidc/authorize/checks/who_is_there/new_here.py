"""The app says that its person has no account yet (`prompt=create`): registration comes first, once (E26)."""

from identity.oidc.authorize.inquiry import Detour, Inquiry, Way
from identity.oidc.faults.people import LOGIN_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Lead to registration; whoever comes back from there, or turned round, goes on to sign in."""
    if "create" in inquiry.prompts and inquiry.arrived_at is None:
        raise Detour(LOGIN_REQUIRED, Way.REGISTER)
