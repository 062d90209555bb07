"""The end-session endpoint (RP-Initiated Logout 1.0 §2).

app ──▶ logout ──▶ decide ──▶ END…           session over, back to the app or to our own page
                          ├─▶ ASK            page ──form──▶ confirmed ──▶ logout ──▶ OVER
                          ├─▶ OVER           page, with a link back where the app and its address are known
                          └─▶ …_REFUSED      page: what is wrong with the request, and how to sign out here
"""

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from identity.oidc import language, metadata, parameters
from identity.oidc.authorize.checks.who_asks import length
from identity.oidc.failures import noting
from identity.oidc.faults.fault import Fault
from identity.oidc.faults.signing_out import HINT_REFUSED, LANDING_UNREGISTERED
from identity.oidc.logout.decide import Answer, decide
from identity.oidc.logout.inquiry import Inquiry, kept, look_up
from identity.oidc.provider import Provider
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.auth import open_page, open_to_all
from shared.service import Actor
from shared.web.door import context, transaction
from shared.web.shell.render import page

_OUR_OWN = "/logout"
_FAULTS = {Answer.HINT_REFUSED: HINT_REFUSED, Answer.LANDING_REFUSED: LANDING_UNREGISTERED}


@open_to_all("an app sends its people here; only its ID token of this very session ends anything")
@door.acts_at_a_get
def logout() -> ResponseReturnValue:
    """End the session, or ask, or say what is wrong with the request."""
    g.gatehouse_wants_page = True
    if request.method == "POST":
        return _as_get()
    inquiry = _inquiry(request.args.items(multi=True))
    answer = decide(inquiry.request)
    if answer in _FAULTS:
        return _refuse(inquiry, _FAULTS[answer])
    if answer in (Answer.ASK, Answer.OVER):
        return _say(inquiry, answer)
    _end(inquiry.session)
    return _signed_out(inquiry.back or _our_own(inquiry))


@open_page("whoever is asked by our own page answers here; its form carries a token")
def confirmed() -> ResponseReturnValue:
    """End the session because its person said so, and lead to the page that says it, with the way back to the app."""
    inquiry = _inquiry(request.form.items(multi=True))
    _end(inquiry.session)
    return _signed_out(f"{metadata.LOGOUT}?{urlencode(kept(inquiry))}")


def _as_get() -> ResponseReturnValue:
    """A form from another site brings no cookie (SameSite=Lax): ask again in the way that does, as far as that fits."""
    query = urlencode([*request.args.items(multi=True), *request.form.items(multi=True)])
    if len(query) > length.LONGEST:
        return _refuse(_inquiry(()), HINT_REFUSED)
    return redirect(f"{metadata.LOGOUT}?{query}", 303)


def _inquiry(pairs: Iterable[tuple[str, str]]) -> Inquiry:
    asked = parameters.read(pairs)
    language.speak(asked)
    return look_up(context().part(Provider), asked, door.present())


def _say(inquiry: Inquiry, answer: Answer) -> ResponseReturnValue:
    """Ask, or say that nobody is signed in; where no app is named, the page for everybody does both."""
    if inquiry.client is None:
        return redirect(_our_own(inquiry), 303)
    if answer is Answer.OVER:
        return page("oidc/signed_out.html", app=inquiry.client.name, back_url=inquiry.back)
    return page("oidc/sign_out.html", app=inquiry.client.name, fields=kept(inquiry), action=metadata.SIGN_OUT)


def _our_own(inquiry: Inquiry) -> str:
    carried = language.carried(inquiry.asked)
    return f"{_OUR_OWN}?{urlencode(carried)}" if carried else _OUR_OWN


def _end(found: SessionView | None) -> None:
    if found is not None:
        with transaction(Actor(found.account_id, "person")) as work:
            sessions.end(work, found.id, "signed_out")


def _signed_out(address: str) -> ResponseReturnValue:
    answer = redirect(address, 303)
    door.clear(answer)
    return answer


def _refuse(inquiry: Inquiry, fault: Fault) -> ResponseReturnValue:
    """Say that the app's request is wrong, and let the person sign out here."""
    client_id = inquiry.client.id if inquiry.client else inquiry.asked.get("client_id")
    noting.note(context(), client_id, fault, metadata.LOGOUT, noting.shown(inquiry.asked))
    description = f"{fault.why} {fault.mend}"
    return page("oidc/cannot_sign_out.html", fault.status, code=fault.code, error=fault.error, description=description)
