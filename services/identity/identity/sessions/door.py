"""The edge between cookies and sessions, for pages of identity itself: who is here, `signed_in` and `sensitive`.

`present` is whoever the cookie names, also half-way through sign-in: for the steps of sign-in and for signing out.
Everything else asks `entered`, or declares one of the two.
"""

from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.accounts import service as accounts
from identity.accounts.states import Population
from identity.devices import service as devices
from identity.entitlements import service as entitlements
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_1, ACR_2, satisfies, strongest
from identity.sessions import service
from identity.sessions.lives import FRESH
from identity.sessions.service import SessionView
from identity.sessions.ticket import BadTicket, Ticket, read, sign
from shared.auth.declared import Access, View, declare
from shared.auth.stepup import refuse_held
from shared.errors import Problem
from shared.i18n import say
from shared.service import Actor, Context
from shared.web.addresses import way_back
from shared.web.cookies import bound_to_host
from shared.web.door import context, reading, transaction

COOKIE = "gh_session"  # what its whole name ends with


def present() -> SessionView | None:
    """Return the living session of the browser that asks, or None; notes now and then that it is in use."""
    found = looked_up()
    if found is not None and not _looking() and service.needs_touch(found, context().clock.now()):
        with transaction() as work:
            service.touch(work, found.id)
    return found


def acts_at_a_get(view: View) -> View:
    """The page does something at a GET, as its protocol wants: whoever only looks gets nothing of it (RFC 9110 §9.2.1).

    HEAD is told that there is something. A browser that fetches ahead of its person is refused, and asks again when
    they come.
    """

    @wraps(view)
    def guarded(*args: object, **given: object) -> Any:
        if not _looking():
            return view(*args, **given)
        return Response(status=200 if request.method == "HEAD" else 503, headers={"Cache-Control": "no-store"})

    return cast("View", guarded)


def _looking() -> bool:
    """Whether nobody has come yet: a checker of links, or a browser that guesses where its person will go."""
    ahead = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return request.method == "HEAD" or ahead.startswith("prefetch")


def looked_up() -> SessionView | None:
    """The same without noting any use."""
    value = request.cookies.get(bound_to_host(COOKIE))
    if not value:
        return None
    with reading() as session:
        return service.current(session, value, context().clock.now())


def entered() -> SessionView | None:
    """Return the session of the browser that asks if somebody is signed in by it: nothing owed, account in order."""
    found = present()
    return found if found is not None and found.entered else None


def timed_out() -> bool:
    """Return whether time has signed out whoever used this browser; says nothing of who it was."""
    value = request.cookies.get(bound_to_host(COOKIE))
    if not value:
        return False
    with reading() as session:
        return service.timed_out(session, value, context().clock.now())


def signed_in(acr: str = ACR_1, fresh: timedelta | None = None) -> "_Declaration":
    """The page needs a session at `acr`, proved not longer than `fresh` ago; otherwise sign-in comes first."""
    return _Declaration(acr, fresh)


def sensitive(hold: bool = False) -> "_Declaration":
    """The page changes who may be whom: it needs a proof of the last 20 minutes, as strong as the account can give.

    `hold`: and no way of signing in that is still held back after a recovery (B6). ASVS 7.5.1, NIST 800-63B-4 §4.1.2.
    """
    return _Declaration(None, FRESH, hold)


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
    """Put the session's secret into the browser until it closes: nobody is remembered (SP 800-63B-4 §5.1)."""
    answer.set_cookie(
        bound_to_host(COOKIE), secret, secure=context().settings.secure, httponly=True, samesite="Lax", path="/"
    )


def clear(answer: Response) -> None:
    """Take the cookie away, and what our pages left behind: shared office computers are normal (ASVS 14.3.1).

    Not "cookies": browsers clear those of the whole registrable domain, and so would sign people out of the
    operator's unrelated sites.
    """
    answer.delete_cookie(
        bound_to_host(COOKIE), secure=context().settings.secure, httponly=True, samesite="Lax", path="/"
    )
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'


class _Declaration:
    """The declaration of a page that needs a session of identity; without `acr`, the strongest its account reaches."""

    def __init__(self, acr: str | None, fresh: timedelta | None, hold: bool = False) -> None:
        self._acr = acr
        self._fresh = fresh
        self._hold = hold

    def __call__(self, view: View) -> View:
        detail = (self._acr or "strongest") + (f" within {self._fresh}" if self._fresh else "")
        held = ", nothing held back" if self._hold else ""
        return declare(Access("session", detail + held, self._enforce, csrf=True))(view)

    def _enforce(self) -> ResponseReturnValue | None:
        found, now = entered(), context().clock.now()
        not_before = now - self._fresh if self._fresh else None
        acr = strongest(self._acr or _strongest(found), _least(found))
        too_old = found is not None and not_before is not None and found.auth_time < not_before
        if found is None or too_old or not satisfies(found.acr, acr):
            return sign_in_first(Ticket(way_back(), required_acr=acr, not_before=not_before, organization=False))
        if self._hold:
            _refuse_while_held(found)
        g.identity_session = found
        g.gatehouse_actor = Actor(found.account_id, "person")
        return None


def _least(found: SessionView | None) -> str | None:
    """What one's own pages ask of everybody who has, or must have, two factors: a password alone opens none of them.

    Leaving sign-in half-way and opening a page directly must not be a way around it (threat 32). Asked only of who has
    proved no more than a password.
    """
    if found is None or satisfies(found.acr, ACR_2):
        return None
    now = context().clock.now()
    with reading() as session:
        account = accounts.get(session, found.account_id)
        staff = account is not None and account.population == Population.STAFF.value
        manages = entitlements.manages(entitlements.active(session, found.account_id, now))
        remembered = devices.is_remembered(session, found.account_id, found.device_id, now)
        enrolled = mfa.enrolled(session, found.account_id)
    return ACR_2 if staff or manages or (enrolled and not remembered) else None


def _strongest(found: SessionView | None) -> str:
    """The level at which the account's own methods are changed: two factors for whoever has them.

    A passkey and an app are both level 2 of SP 800-63B-4 (§4.1.2 asks for the account's own level), and somebody whose
    passkey was on a device they lost must be able to remove it with the app. Somebody whose every factor is disabled
    needs two all the same: who disabled them may be somebody else.
    """
    if found is None:
        return ACR_1
    with reading() as session:
        return ACR_2 if mfa.enrolled(session, found.account_id) else ACR_1


def _refuse_while_held(found: SessionView) -> None:
    now = context().clock.now()
    with reading() as session:
        refuse_held(mfa.held_until(session, found.account_id, now), now)


def sign_in_first(ticket: Ticket) -> ResponseReturnValue:
    """Send the browser through the steps of sign-in that the ticket demands, and back."""
    return redirect(f"/login?ticket={ticket_text(context(), ticket)}", 303)
