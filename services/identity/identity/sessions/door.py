"""The edge between cookies and sessions, for pages of identity itself: who is here, and `signed_in`."""

from datetime import timedelta
from typing import cast

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.mfa.assurance import ACR_1, satisfies
from identity.sessions import cookie, service
from identity.sessions.service import SessionView
from identity.sessions.ticket import BadTicket, Ticket, read, sign
from identity.settings import IdentitySettings
from shared.auth.declared import Access, View, declare
from shared.errors import Problem
from shared.i18n import say
from shared.service import Actor, Context
from shared.web.door import context, reading, transaction


def present() -> SessionView | None:
    """Return the living session of the browser that asks, or None; notes now and then that it is in use."""
    place = context()
    value = cookie.value_of(request, secure=place.settings.secure)
    now, idle = place.clock.now(), place.settings_as(IdentitySettings).session_idle
    with reading() as session:
        found = service.current(session, value, now, idle)
    if found is not None and service.needs_touch(found, now):
        with transaction() as work:
            service.touch(work, found.id)
    return found


def signed_in(acr: str = ACR_1, fresh: timedelta | None = None) -> "_Declaration":
    """The page needs a session at `acr`, proved not longer than `fresh` ago; otherwise sign-in comes first."""
    return _Declaration(acr, fresh)


def here() -> SessionView:
    """Return the session of this request; only in views that declare `signed_in`."""
    return cast("SessionView", g.identity_session)


def asked_ticket() -> Ticket | None:
    """Return the ticket that this request carries, None where there is none; raises the 400 Problem for a bad one."""
    text = request.args.get("ticket")
    if not text:
        return None
    place = context()
    try:
        return read(text, keys=place.settings.secret_keys, now=place.clock.now())
    except BadTicket as error:
        detail = say("It is too old or was changed on its way. Go back to the app and start again.")
        raise Problem(400, "sign-in-link", say("This sign-in link cannot be used"), detail) from error


def ticket_text(place: Context, ticket: Ticket) -> str:
    """Return the ticket signed with today's key, for the query of /login."""
    return sign(ticket, key=place.settings.secret_keys[0], now=place.clock.now())


def give_cookie(answer: Response, secret: str) -> None:
    """Put the session's secret into the browser."""
    cookie.give(answer, secret, secure=context().settings.secure)


class _Declaration:
    """The declaration of a page that needs a session of identity."""

    def __init__(self, acr: str, fresh: timedelta | None) -> None:
        self._acr = acr
        self._fresh = fresh

    def __call__(self, view: View) -> View:
        detail = self._acr + (f" within {self._fresh}" if self._fresh else "")
        return declare(Access("session", detail, self._enforce, csrf=True))(view)

    def _enforce(self) -> ResponseReturnValue | None:
        found, now = present(), context().clock.now()
        not_before = now - self._fresh if self._fresh else None
        too_old = found is not None and not_before is not None and found.auth_time < not_before
        if found is None or too_old or not satisfies(found.acr, self._acr):
            return self._sign_in_first(
                Ticket(_this_page(), required_acr=self._acr, not_before=not_before, organization=False)
            )
        g.identity_session = found
        g.gatehouse_actor = Actor(found.account_id, "person")
        return None

    @staticmethod
    def _sign_in_first(ticket: Ticket) -> ResponseReturnValue:
        return redirect(f"/login?ticket={ticket_text(context(), ticket)}", 303)


def _this_page() -> str:
    """Where to return: path and query of a GET, unless the query holds what no ticket may."""
    query = request.query_string.decode("latin-1")
    plain = query.isascii() and query.isprintable() and "\\" not in query
    return f"{request.path}?{query}" if query and plain and request.method == "GET" else request.path
