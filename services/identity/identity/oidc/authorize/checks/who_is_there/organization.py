"""Tokens speak of exactly one organization: the one that the app names, the chosen one, or the only one (contract)."""

from identity.entitlements.service import chosen
from identity.oidc.authorize.checks.who_is_there import consent
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.asking import NOT_THEIR_ORGANIZATION
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.people import ORGANIZATION_REQUIRED
from identity.oidc.scopes import OF_AN_ORGANIZATION


def check(inquiry: Inquiry) -> None:
    """Prove `organization_id`; somebody without any organization gets tokens that speak of none.

    An organization that nobody knows and one that is not the person's are told alike (threat 35).
    """
    if not OF_AN_ORGANIZATION & inquiry.topics:
        return
    named = inquiry.asked.get("organization")
    entitlements = inquiry.known.entitlements(inquiry.person.account_id)
    if named is not None and named not in {one.organization["id"] for one in entitlements}:
        consent.check(inquiry)  # not even this is said to an app that may not know for whom the person works
        raise Refused(NOT_THEIR_ORGANIZATION)
    found = chosen(entitlements, named or inquiry.person.organization_id)
    if entitlements and found is None:
        raise Detour(ORGANIZATION_REQUIRED)
    inquiry.organization_id = str(found.organization["id"]) if found else None
