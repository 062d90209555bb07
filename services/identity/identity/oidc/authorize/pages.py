"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2)."""

from urllib.parse import urlencode

from flask import Response, g, request

from identity.accounts import service as accounts
from identity.closures import service as closures
from identity.closures.door import closed_page
from identity.closures.service import Closed
from identity.oidc import language, metadata
from identity.oidc.authorize import examining, granting, response
from identity.oidc.authorize.checks.who_asks import length
from identity.oidc.authorize.detours import lead
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.authorize.pushed import service as pushed
from identity.oidc.clients import service as clients
from identity.oidc.failures import noting
from identity.oidc.faults.asking import REQUEST_URI_USED, TOO_LONG
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.people import WEBSITE_CLOSED, WRONG_POPULATION
from identity.oidc.registration import service as registration
from identity.sessions import door
from shared.auth import open_to_all
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page


@open_to_all("an app sends its people here; who is there is found out by the rules")
@door.acts_at_a_get
def authorize() -> Response:
    """Answer the app with a code, or lead the person to what they must do first."""
    g.gatehouse_wants_page = True
    if request.method == "POST":
        return _as_get()
    inquiry, outcome = examining.of_browser(request.args.items(multi=True), len(request.query_string), door.entered())
    if inquiry.arrived_at is None:
        language.speak(inquiry.asked)
    try:
        if outcome is not None:
            raise outcome
        with transaction(Actor(inquiry.person.account_id, "person")) as work:
            code = granting.grant(work, inquiry)
    except Refused as refused:
        return refusal(inquiry, refused)
    except Detour as detour:
        return lead(inquiry, detour.way) if not inquiry.silent else refusal(inquiry, Refused(detour.silent))
    return response.success(inquiry, code)


def refusal(inquiry: Inquiry, refused: Refused) -> Response:
    """Answer the app, or the person where nothing may go to an app, or the app has nothing to say to them."""
    asked = inquiry.asked
    received = noting.shown(asked)
    noting.note(context(), asked.get("client_id"), refused.fault, metadata.AUTHORIZE, received, refused.detail)
    if not inquiry.may_redirect or refused.fault is REQUEST_URI_USED:  # used a moment ago: the app has its answer
        return _cannot_continue(refused)
    if refused.fault is WRONG_POPULATION and not inquiry.silent:
        return _wrong_door(inquiry, refused)
    if refused.fault is WEBSITE_CLOSED and not inquiry.silent:
        return _closed(inquiry)
    if inquiry.pushed is not None:  # a refusal is an answer, too
        with transaction() as work:
            pushed.use_up(work, inquiry.pushed.id)
    answer = response.offer if _leads_a_stranger_away(inquiry) else response.failure
    return answer(inquiry, refused.fault)


def _leads_a_stranger_away(inquiry: Inquiry) -> bool:
    """Nobody is signed in, and no operator has read where the app's answers go: a link that begins with our name must
    not end at a page of anybody's (RFC 9700 §4.11.2, decision 0061)."""
    if inquiry.session is not None:
        return False
    with reading() as session:
        return registration.is_own(session, inquiry.client.id)


def _as_get() -> Response:
    """A form from another site brings no cookie (SameSite=Lax): ask again in the way that does."""
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    query = urlencode(pairs)
    if len(query) > length.LONGEST:
        return _cannot_continue(Refused(TOO_LONG, f"{len(query)} characters"))
    return response.see_other(f"{metadata.AUTHORIZE}?{query}")


def _wrong_door(inquiry: Inquiry, refused: Refused) -> Response:
    """Somebody who has proved who they are is told which portal is theirs; from a user ID alone nobody is (A9)."""
    back = response.failure_url(inquiry, refused.fault) if inquiry.response_mode == "query" else None
    with reading() as session:
        account = accounts.get(session, inquiry.person.account_id)
        portals = clients.portals_of(session, account.population if account else "")
    return page("oidc/wrong_population.html", 403, client_name=inquiry.client.name, back_url=back, portals=portals)


def _closed(inquiry: Inquiry) -> Response:
    """Maintenance: the person waits here, and loading the page again lets them go on."""
    with reading() as session:
        found = closures.website(session, inquiry.now)
    return closed_page(found or Closed(None), inquiry.now)


def _cannot_continue(refused: Refused) -> Response:
    """The page for the person, with a folded part for the developer of the app."""
    return page(
        "oidc/cannot_continue.html",
        refused.fault.status,
        code=refused.fault.code,
        error=refused.fault.error,
        description=f"{refused.fault.why} {refused.fault.mend}",
        received=refused.detail,
    )
