"""Tokens speak of exactly one organization: the chosen one, or the only one (contract §Tokens)."""

from identity.entitlements.service import chosen
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults import ORGANIZATION_REQUIRED
from identity.oidc.scopes import OF_AN_ORGANIZATION


def check(inquiry: Inquiry) -> None:
    """Prove `organization_id`; somebody without any organization gets tokens that speak of none."""
    if not OF_AN_ORGANIZATION & set(inquiry.scopes):
        return
    entitlements = inquiry.known.entitlements(inquiry.person.account_id)
    found = chosen(entitlements, inquiry.person.organization_id)
    if entitlements and found is None:
        raise Detour(ORGANIZATION_REQUIRED)
    inquiry.organization_id = str(found.organization["id"]) if found else None
