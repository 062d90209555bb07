"""Between the pages of sign-in: where the next step is, and who may see the present one."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect
from werkzeug.wrappers import Response

from identity.login import service
from identity.login.flow import Demand, Standing, Step, next_step
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.sessions.ticket import Ticket
from identity.settings import IdentitySettings
from shared.errors import forbidden
from shared.i18n import say
from shared.web.door import context, reading
from shared.web.security import allow_form_action

_HOME = "/account"
_PATHS = {
    Step.PASSWORD: "/login",
    Step.CODE: "/login/code",
    Step.ENROL: "/login/enrol",
    Step.ORGANIZATION: "/login/organization",
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
        return service.demand_of(self.ticket)


def find() -> Place:
    """Read where this request stands, and let the forms of its answer end at the app that asked."""
    ticket = door.asked_ticket()
    if ticket is not None and ticket.app_origin is not None:
        with suppress(ValueError):  # an app with a scheme of its own: the authorization endpoint leads there by a page
            allow_form_action(ticket.app_origin)
    present = door.present()
    now = context().clock.now()
    with reading() as session:
        standing = service.standing(session, present, now)
    return Place(ticket, present, standing, next_step(standing, service.demand_of(ticket), now))


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
    now, idle = place.clock.now(), place.settings_as(IdentitySettings).session_idle
    with reading() as session:
        standing = service.standing(session, sessions.current(session, secret, now, idle), now)
    answer = onward(ticket, next_step(standing, service.demand_of(ticket), now))
    door.give_cookie(answer, secret)
    return answer
