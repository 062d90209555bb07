"""How strongly the person must sign in: what the client is registered with, or more where it asks for more.

Levels are wishes in `acr_values` and in a claim `acr` (OIDC Core §3.1.2.1, §5.5.1.1), and a condition where that claim
is essential: then one of its values must be reached, and told, or the sign-in has failed (threat 24).
"""

from identity.mfa.assurance import SUPPORTED, strongest
from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import ACR_UNMET
from identity.oidc.faults.fault import Refused
from identity.oidc.scopes import split


def check(inquiry: Inquiry) -> None:
    """Prove `required_acr`. Of several wishes the first that can be reached here counts; of conditions the least."""
    claims = inquiry.claims
    if claims.acr_essential:
        reachable = [level for level in SUPPORTED if level in claims.acr_values]  # the weakest comes first
        if not reachable:
            raise Refused(ACR_UNMET, " ".join(claims.acr_values))
    else:
        wished = [*split(inquiry.asked.get("acr_values")), *claims.acr_values]
        reachable = [level for level in wished if level in SUPPORTED]
    inquiry.required_acr = strongest(inquiry.client.minimum_acr, *reachable[:1])
