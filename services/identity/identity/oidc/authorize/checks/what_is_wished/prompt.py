"""Which pages the client wants shown, or none at all (OIDC Core §3.1.2.1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import PROMPT
from identity.oidc.faults.fault import Refused
from identity.oidc.metadata import PROMPTS
from identity.oidc.scopes import split


def check(inquiry: Inquiry) -> None:
    """Prove `prompts`."""
    asked = frozenset(split(inquiry.asked.get("prompt")))
    if not asked <= set(PROMPTS) or ("none" in asked and len(asked) > 1):
        raise Refused(PROMPT, " ".join(sorted(asked)))
    inquiry.prompts = asked
