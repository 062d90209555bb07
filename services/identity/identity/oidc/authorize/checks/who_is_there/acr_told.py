"""Which level the client is told: the one reached, or of the ones it insists on the strongest that was reached.

A value that was demanded as essential must come back literally (OIDC Core §5.5.1.1). Whoever reached more has reached
it, too, so this never says more than is true (threat 24).
"""

from identity.mfa.assurance import satisfies, strongest
from identity.oidc.authorize.inquiry import Inquiry


def check(inquiry: Inquiry) -> None:
    """Prove `acr`; `strong_enough` has seen to it that one of the demanded levels is reached."""
    reached = inquiry.person.acr
    if not inquiry.claims.acr_essential or reached in inquiry.claims.acr_values:
        inquiry.acr = reached
        return
    inquiry.acr = strongest(*(value for value in inquiry.claims.acr_values if satisfies(reached, value)))
