"""Control characters and half characters have no place in any parameter; databases cannot hold them all."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import UNREADABLE
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse text that no parameter may hold."""
    if not inquiry.asked.readable:
        raise Refused(UNREADABLE)
