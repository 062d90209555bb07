"""The one transaction in which an app gets its answer: what was true of the request a moment ago must still be true."""

from dataclasses import replace

from identity.oidc.apps import consents
from identity.oidc.authorize.inquiry import Detour, Inquiry, Way
from identity.oidc.authorize.pushed import service as pushed
from identity.oidc.faults.asking import CONSENT_REQUIRED, REQUEST_URI_USED
from identity.oidc.faults.fault import Refused
from identity.oidc.grants.authorization import Authorization, open_grant
from shared.service import Work


def grant(work: Work, inquiry: Inquiry) -> str:
    """Open the grant and return its code; raises Refused for a reference that was used up meanwhile, Detour for consent
    that was withdrawn meanwhile."""
    if inquiry.pushed is not None and not pushed.use_up(work, inquiry.pushed.id):
        raise Refused(REQUEST_URI_USED)
    account_id = inquiry.person.account_id
    if not inquiry.client.first_party and not consents.use(
        work, account_id, inquiry.client.id, once=inquiry.asks_each_time
    ):
        raise Detour(CONSENT_REQUIRED, Way.CONSENT)
    return open_grant(work, _authorization(inquiry))


def _authorization(inquiry: Inquiry) -> Authorization:
    return Authorization(
        client=inquiry.client,
        session=replace(inquiry.person, acr=inquiry.acr),
        redirect_uri=inquiry.redirect_uri,
        scopes=inquiry.scopes,
        audience=inquiry.audience,
        organization_id=inquiry.organization_id,
        organization_named=inquiry.asked.get("organization") is not None and inquiry.organization_id is not None,
        nonce=inquiry.asked.get("nonce"),
        code_challenge=inquiry.asked.get("code_challenge"),
        jkt=inquiry.dpop_jkt,
        claims=inquiry.claims.kept(),
    )
