"""No parameter may stand twice (RFC 6749 §3.1); only `resource` may (RFC 8707 §2)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import REPEATED
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse repetitions."""
    if inquiry.asked.repeated:
        raise Refused(REPEATED, ", ".join(sorted(inquiry.asked.repeated)))
