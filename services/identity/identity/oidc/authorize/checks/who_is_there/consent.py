"""An app of somebody else learns nothing before the person has said yes (ASVS 10.7.1, threat 21)."""

from identity.oidc.authorize.inquiry import Detour, Inquiry, Way
from identity.oidc.faults.asking import CONSENT_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Lead to the question, where the person has not allowed all that is asked, or is to be asked again.

    What a public client was allowed is not remembered for the next time: anybody can pretend to be it (RFC 8252 §8.6).
    So that yes is used up by one sign-in, and nothing that the request says of itself makes an old one new.
    """
    if inquiry.client.first_party:
        return
    given = inquiry.known.consent(inquiry.person.account_id, inquiry.client.id)
    if given is None or not inquiry.topics <= given.topics:
        raise Detour(CONSENT_REQUIRED, Way.CONSENT)
    if inquiry.asks_each_time and not given.is_just_given(inquiry.now):
        raise Detour(CONSENT_REQUIRED, Way.CONSENT)
