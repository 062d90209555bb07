"""The single claims that the client asks for (OIDC Core §5.5)."""

from identity.oidc.asked_claims import BadClaims, asked
from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import CLAIMS
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Prove `claims`: those whose scope the client is registered for; others are left out, as unknown ones are."""
    text = inquiry.asked.get("claims")
    if text is None:
        return
    try:
        inquiry.claims = asked(text, inquiry.client.scopes)
    except BadClaims as error:
        raise Refused(CLAIMS, str(error)) from error
