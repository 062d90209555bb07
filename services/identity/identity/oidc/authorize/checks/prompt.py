"""Which pages the client wants shown, or none at all (OIDC Core §3.1.2.1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import PROMPT, Refused
from identity.oidc.metadata import PROMPTS
from identity.oidc.scopes import split


def check(inquiry: Inquiry) -> None:
    """Prove `prompts`. First-party clients need no consent, so `consent` asks for nothing more."""
    asked = frozenset(split(inquiry.asked.get("prompt")))
    if not asked <= set(PROMPTS) or ("none" in asked and len(asked) > 1):
        raise Refused(PROMPT, " ".join(sorted(asked)))
    inquiry.prompts = asked
