"""A client that only asks for tokens of its own has no business with people."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.clients.policy import CODE
from identity.oidc.faults.asking import CODE_NOT_ALLOWED
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse clients without the code flow."""
    if not inquiry.client.may(CODE):
        raise Refused(CODE_NOT_ALLOWED)
