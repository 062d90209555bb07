"""Between the pages of sign-in: where the next step is, and who may see the present one."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect
from werkzeug.wrappers import Response

from identity.accounts.states import Status
from identity.devices import door as devices
from identity.login.flow import Demand, Standing, Step, next_step
from identity.login.service import Denied, Entered, Outcome
from identity.login.standing import Person, demand_of, standing
from identity.risk.reasons import sentences
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.sessions.ticket import Ticket
from shared.errors import forbidden
from shared.i18n import say
from shared.web.door import context, reading
from shared.web.security import allow_form_action
from shared.web.shell.render import page

_HOME = "/account"
_PATHS = {
    Step.SIGN_IN: "/login",
    Step.CLOSED: "/login/closed",
    Step.VERIFY: "/login/verify",
    Step.PROVE: "/login/prove",
    Step.ENROL: "/login/enrol",
    Step.RENEW: "/login/renew",
    Step.ORGANIZATION: "/login/organization",
    Step.TERMS: "/login/terms",
    Step.NUDGE: "/login/nudge",
}


@dataclass(frozen=True)
class Place:
    """Where a request stands in its sign-in."""

    ticket: Ticket | None
    present: SessionView | None
    standing: Standing | None
    step: Step

    @property
    def demand(self) -> Demand:
        """What the ticket asks for."""
        return demand_of(self.ticket)

    @property
    def client_name(self) -> str | None:
        """The app that asked, for the heading of a page; None where nobody did."""
        return self.ticket.client_name if self.ticket else None


def find() -> Place:
    """Read where this request stands, and let the forms of its answer end at the app that asked."""
    ticket = door.asked_ticket()
    if ticket is not None and ticket.app_origin is not None:
        with suppress(ValueError):  # an app with a scheme of its own: the authorization endpoint leads there by a page
            allow_form_action(ticket.app_origin)
    present = door.present()
    known, step = _judge(ticket, present)
    return Place(ticket, present, known, step)


def onward(ticket: Ticket | None, step: Step) -> Response:
    """Send the browser to the step, or back to where the ticket says."""
    if step is Step.UNMET:
        raise forbidden("stronger-sign-in", say("The app asks for a stronger sign-in than your account has."))
    if step is Step.DONE:
        return redirect(ticket.return_path if ticket else _HOME, 303)
    query = {"ticket": door.ticket_text(context(), ticket)} if ticket else {}
    return redirect(_PATHS[step] + ("?" + urlencode(query) if query else ""), 303)


def onward_with(ticket: Ticket | None, secret: str) -> Response:
    """The same for a browser that has just been given a new secret: judged by what the session now says."""
    place = context()
    with reading() as session:
        present = sessions.current(session, secret, place.clock.now())
    return _with_cookie(onward(ticket, _step(ticket, present)), secret)


def after_signing_in(ticket: Ticket | None, outcome: Outcome) -> Response:
    """The same once a password or a passkey fitted; who is not let in is told why, and who helps."""
    if isinstance(outcome, Entered):
        answer = _onward_entered(ticket, outcome)
        devices.give(answer, outcome.device_secret)
        return answer
    if isinstance(outcome, Denied):
        return page("login/denied.html", 403, reasons=sentences(outcome.reasons))
    # Told only after the proof: a held person hears a number for the telephone and not the reason, nobody else a thing.
    name = "closed" if outcome.status is Status.CLOSED else "held"
    return page(f"login/{name}.html", 403, support_code=outcome.support_code)


def _onward_entered(ticket: Ticket | None, entered: Entered) -> Response:
    """What the transaction knows that opened the session is not asked for once more."""
    if entered.session is None:
        return onward_with(ticket, entered.secret)
    _standing, step = _judge(ticket, entered.session, entered.person)
    return _with_cookie(onward(ticket, step), entered.secret)


def _with_cookie(answer: Response, secret: str) -> Response:
    door.give_cookie(answer, secret)
    return answer


def again(ticket: Ticket | None) -> Response:
    """The same for a browser whose secret is as before, after something was settled."""
    return onward(ticket, _step(ticket, door.present()))


def _step(ticket: Ticket | None, present: SessionView | None) -> Step:
    return _judge(ticket, present)[1]


def _judge(
    ticket: Ticket | None, present: SessionView | None, person: Person | None = None
) -> tuple[Standing | None, Step]:
    if present is None:
        return None, Step.SIGN_IN
    now, demand = context().clock.now(), demand_of(ticket)
    with reading() as session:
        known = standing(session, present, demand, now, person)
    return known, next_step(known, demand, now)
