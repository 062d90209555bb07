"""For which APIs the access token shall be good (RFC 8707 §2)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import RESOURCE
from identity.oidc.faults.fault import Refused
from identity.oidc.scopes import OPENID, of_programs


def check(inquiry: Inquiry) -> None:
    """Prove `audience`: the resources asked for; else the registered ones where a scope of an API was asked for.

    Userinfo is ours: a token with `openid` is for us, too.
    """
    asked = inquiry.asked.resources
    if not set(asked) <= set(inquiry.client.audiences):
        raise Refused(RESOURCE, " ".join(asked))
    usual = inquiry.client.audiences if of_programs(inquiry.scopes) else ()
    own = (inquiry.issuer,) if OPENID in inquiry.scopes or not (asked or usual) else ()
    inquiry.audience = (*own, *(asked or usual))
