"""Where a person goes before the app gets its answer: to sign in, with a signed return ticket.

Sign-in decides by itself what is missing: the password, a second factor, or the choice of an organization.
"""

from urllib.parse import urlencode

from flask import Response

from identity.oidc import metadata
from identity.oidc.authorize.inquiry import SINCE, Inquiry
from identity.oidc.authorize.response import see_other
from identity.oidc.provider import Provider
from identity.oidc.redirects import origin
from identity.oidc.scopes import split
from identity.sessions import ticket
from identity.sessions.ticket import Ticket
from shared.web.door import context
from shared.web.shell.language import PARAMETER

_LOGIN = "/login"
_SEEN_TO = frozenset({"login", "select_account"})


def to_sign_in(inquiry: Inquiry) -> Response:
    """Send the person to the sign-in page, which knows what is demanded from the ticket."""
    query = {"ticket": _sign(inquiry)}
    wanted = split(inquiry.asked.get("ui_locales"))
    offered = [tag for tag in wanted if tag.split("-")[0] in context().settings.languages]
    if offered:
        query[PARAMETER] = offered[0].split("-")[0]
    return see_other(f"{_LOGIN}?{urlencode(query)}")


def return_path(inquiry: Inquiry) -> str:
    """Return the same request, with `prompt` and `max_age` turned into the instant they mean today."""
    kept = {name: value for name, value in inquiry.asked.values.items() if name not in {"prompt", "max_age", SINCE}}
    prompts = [word for word in split(inquiry.asked.get("prompt")) if word not in _SEEN_TO]
    if prompts:
        kept["prompt"] = " ".join(prompts)
    if inquiry.since is not None:
        kept[SINCE] = str(int(inquiry.since.timestamp()))
    pairs = [*kept.items(), *(("resource", one) for one in inquiry.asked.resources)]
    return f"{metadata.AUTHORIZE}?{urlencode(pairs)}"


def _sign(inquiry: Inquiry) -> str:
    wanted = Ticket(
        return_path=return_path(inquiry),
        client_name=inquiry.client.name,
        required_acr=inquiry.required_acr,
        not_before=inquiry.since,
        login_hint=inquiry.asked.get("login_hint"),
        app_origin=origin(inquiry.redirect_uri),
    )
    return ticket.sign(wanted, key=context().part(Provider).ticket_keys[0], now=inquiry.now)
