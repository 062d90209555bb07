"""How strongly the person must sign in: what the client is registered with, or more where it asks for more."""

from identity.mfa.assurance import strongest
from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.clients.policy import ACR_VALUES
from identity.oidc.scopes import split


def check(inquiry: Inquiry) -> None:
    """Prove `required_acr`: the first value that can be reached here counts (OIDC Core §3.1.2.1: a voluntary claim)."""
    reachable = [value for value in split(inquiry.asked.get("acr_values")) if value in ACR_VALUES]
    inquiry.required_acr = strongest(inquiry.client.minimum_acr, *reachable[:1])
