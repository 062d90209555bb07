"""The end-session endpoint (RP-Initiated Logout 1.0 §2)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from identity.oidc import metadata, parameters
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.faults import HINT_REFUSED, LANDING_UNREGISTERED, Fault
from identity.oidc.logout.decide import Answer, Request, decide
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from identity.oidc.tokens.reading import Hint, id_token_hint
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.auth import open_to_all
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page

_OUR_OWN = "/logout"
_FAULTS = {Answer.HINT_REFUSED: HINT_REFUSED, Answer.LANDING_REFUSED: LANDING_UNREGISTERED}


@dataclass(frozen=True)
class _Asked:
    """A request to sign out, looked up."""

    request: Request
    session: SessionView | None
    landing: str | None
    state: str | None


@open_to_all("an app sends its people here; only its ID token ends anything")
def logout() -> ResponseReturnValue:
    """End the session, or ask, or say what is wrong with the request."""
    g.gatehouse_wants_page = True
    if request.method == "POST":
        pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
        return redirect(f"{metadata.LOGOUT}?{urlencode(pairs)}", 303)  # a form from another site brings no cookie
    asked = _look_up(parameters.read(request.args.items(multi=True)))
    answer = decide(asked.request)
    if answer is Answer.ASK:
        return redirect(_OUR_OWN, 303)
    if answer in _FAULTS:
        return _refuse(_FAULTS[answer])
    return _end(asked)


def _look_up(asked: Parameters) -> _Asked:
    place = context()
    provider = place.part(Provider)
    text, landing = asked.get("id_token_hint"), asked.get("post_logout_redirect_uri")
    hint = id_token_hint(provider.ring, provider.issuer, text) if text and not asked.repeated else None
    present = door.present()
    with reading() as session:
        client = clients.find(session, hint.client_id) if hint else None
    found = Request(
        hint_good=_fits(hint, client, asked.get("client_id")) if text else None,
        landing_good=bool(client and client.owns_landing(landing)) if landing else None,
        same_person=present is None or (hint is not None and present.account_id == hint.subject),
    )
    return _Asked(found, present, landing, asked.get("state"))


def _fits(hint: Hint | None, client: Client | None, named: str | None) -> bool:
    return hint is not None and client is not None and named in (None, hint.client_id)


def _end(asked: _Asked) -> ResponseReturnValue:
    if asked.session is not None:
        with transaction(Actor(asked.session.account_id, "person")) as work:
            sessions.end(work, asked.session.id, "signed_out")
    answer = redirect(_back(asked.landing, asked.state) if asked.landing else _OUR_OWN, 303)
    door.clear(answer)
    return answer


def _back(landing: str, state: str | None) -> str:
    if state is None:
        return landing
    return f"{landing}{'&' if '?' in landing else '?'}{urlencode({'state': state})}"


def _refuse(fault: Fault) -> ResponseReturnValue:
    """Say that the app's request is wrong, and let the person sign out here."""
    description = f"{fault.why} {fault.mend}"
    return page("oidc/cannot_sign_out.html", fault.status, code=fault.code, error=fault.error, description=description)
