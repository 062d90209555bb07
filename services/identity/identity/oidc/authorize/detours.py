"""Where a person goes before the app gets its answer, and how they come back with the same request.

Sign-in gets a signed ticket and decides by itself what is missing: the password, a second factor, or the choice of an
organization. Registration and consent get the address to come back to.
"""

from urllib.parse import urlencode

from flask import Response

from identity.oidc import metadata
from identity.oidc.authorize.inquiry import SINCE, Inquiry, Way
from identity.oidc.authorize.pushed import service as pushed
from identity.oidc.authorize.response import see_other
from identity.oidc.provider import Provider
from identity.oidc.redirects import origin
from identity.oidc.scopes import split
from identity.sessions import ticket
from identity.sessions.ticket import Ticket
from shared.web.door import context, transaction
from shared.web.shell.language import PARAMETER

_LOGIN = "/login"
_REGISTER = "/register"


def lead(inquiry: Inquiry, way: Way) -> Response:
    """Send the person on their way; a pushed request waits for them."""
    if inquiry.pushed is not None and inquiry.pushed.arrived_at is None:
        with transaction() as work:
            pushed.arrive(work, inquiry.pushed.id)
    if way is Way.CONSENT:
        return see_other(f"{metadata.CONSENT}?{_same_request(inquiry)}")
    if way is Way.REGISTER:
        return see_other(f"{_REGISTER}?{urlencode({**_language(inquiry), 'back': return_path(inquiry)})}")
    return see_other(f"{_LOGIN}?{urlencode({'ticket': _sign(inquiry), **_language(inquiry)})}")


def return_path(inquiry: Inquiry) -> str:
    """Return the address of the same request, with the instant at which it was first made."""
    return f"{metadata.AUTHORIZE}?{_same_request(inquiry)}"


def _same_request(inquiry: Inquiry) -> str:
    if inquiry.pushed is not None:
        return urlencode({"client_id": inquiry.client.id, "request_uri": inquiry.pushed.uri})
    arrived = inquiry.arrived_at or inquiry.now
    pairs = {**inquiry.asked.values, SINCE: str(int(arrived.timestamp()))}
    return urlencode([*pairs.items(), *(("resource", one) for one in inquiry.asked.resources)])


def _language(inquiry: Inquiry) -> dict[str, str]:
    """The first of the languages that the app asks for and we speak (OIDC Core §3.1.2.1, `ui_locales`)."""
    wanted = (tag.split("-")[0] for tag in split(inquiry.asked.get("ui_locales")))
    offered = [tag for tag in wanted if tag in context().settings.languages]
    return {PARAMETER: offered[0]} if offered else {}


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
