"""Where a person goes before the app gets its answer, and how they come back with the same request.

Sign-in gets a signed ticket and decides by itself what is missing: the password, a second factor, or the choice of an
organization. Registration and consent get the address to come back to.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response

from identity.oidc import language, metadata
from identity.oidc.authorize.inquiry import SINCE, Inquiry, Way
from identity.oidc.authorize.pushed import service as pushed
from identity.oidc.authorize.response import see_other
from identity.oidc.provider import Provider
from identity.oidc.redirects import origin
from identity.sessions import ticket
from identity.sessions.ticket import Ticket
from shared.web.door import context, transaction

_LOGIN = "/login"
_REGISTER = "/register"


def lead(inquiry: Inquiry, way: Way) -> Response:
    """Send the person on their way; a pushed request waits for them."""
    if inquiry.pushed is not None and inquiry.pushed.arrived_at is None:
        with transaction() as work:
            pushed.arrive(work, inquiry.pushed.id)
    spoken = language.carried(inquiry.asked)
    if way is Way.CONSENT:
        return see_other(f"{metadata.CONSENT}?{_same_request(inquiry, spoken)}")
    if way is Way.REGISTER:
        return see_other(f"{_REGISTER}?{urlencode({**spoken, 'back': return_path(inquiry)})}")
    return see_other(f"{_LOGIN}?{urlencode({'ticket': _sign(inquiry), **spoken})}")


def return_path(inquiry: Inquiry) -> str:
    """Return the address of the same request, with the instant at which it was first made."""
    return f"{metadata.AUTHORIZE}?{_same_request(inquiry, {})}"


def _same_request(inquiry: Inquiry, spoken: Mapping[str, str]) -> str:
    if inquiry.pushed is not None:
        return urlencode({"client_id": inquiry.client.id, "request_uri": inquiry.pushed.uri, **spoken})
    arrived = inquiry.arrived_at or inquiry.now
    pairs = {**inquiry.asked.values, SINCE: str(int(arrived.timestamp())), **spoken}
    return urlencode([*pairs.items(), *(("resource", one) for one in inquiry.asked.resources)])


def _sign(inquiry: Inquiry) -> str:
    wanted = Ticket(
        return_path=return_path(inquiry),
        client_name=inquiry.client.name,
        required_acr=inquiry.required_acr,
        not_before=inquiry.since,
        login_hint=inquiry.asked.get("login_hint"),
        app_origin=origin(inquiry.redirect_uri),
        organization=inquiry.asked.get("organization") is None,  # where the app names one, nobody has to choose
    )
    return ticket.sign(wanted, key=context().part(Provider).ticket_keys[0], now=inquiry.now)
