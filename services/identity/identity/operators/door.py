"""The edge of /admin: who of the staff is here. Everybody else learns that there is nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from flask import g
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.accounts.states import Population
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_2
from identity.operators.roles import Area, may
from identity.sessions import door
from identity.sessions.lives import FRESH
from shared.auth.declared import ATTRIBUTE, Access, View, declare
from shared.auth.stepup import refuse_held
from shared.errors import forbidden, not_found
from shared.i18n import say
from shared.service import Actor
from shared.web.door import context, reading


@dataclass(frozen=True)
class Staff:
    """Who is here; only facts of this moment."""

    account_id: str
    role: str


def staff(area: Area, *, acting: bool = False) -> "_ForStaff":
    """The page is for staff whose role holds `area`, signed in with two factors.

    To act they proved them in the last 20 minutes, and not by a factor that is held back after a recovery.

    Somebody signed in as anything else gets 404 before a second factor is even asked for.
    """
    return _ForStaff(area, FRESH if acting else None)


def here() -> Staff:
    """Return who is here; only in views that declare `staff`."""
    return cast("Staff", g.identity_staff)


class _ForStaff:
    """The declaration: the session's own, with the role asked before and after it."""

    def __init__(self, area: Area, fresh: timedelta | None) -> None:
        self._area = area
        self._fresh = fresh

    def __call__(self, view: View) -> View:
        session: Access = getattr(door.signed_in(ACR_2, self._fresh)(view), ATTRIBUTE)
        detail = f"{self._area}, {session.detail}"
        return declare(replace(session, kind="staff", detail=detail, enforce=lambda: self._enforce(session)))(view)

    def _enforce(self, session: Access) -> ResponseReturnValue | None:
        found = door.entered()
        account = _account(found.account_id) if found else None
        if found is not None:
            _refuse_others(account)
        answer = session.enforce()
        if answer is not None or account is None:
            return answer
        if not may(account.staff_role, self._area):
            raise forbidden("not-your-role", say("Your role does not include this page."))
        if self._fresh is not None:
            _refuse_while_held(account)
        g.identity_staff = Staff(account.id, account.staff_role or "")
        g.gatehouse_actor = Actor(account.id, "person", account.population)
        return None


def _refuse_while_held(account: Account) -> None:
    """Whoever got back in by a recovery a moment ago looks, and acts on nobody until colleagues could notice (B6)."""
    now = context().clock.now()
    with reading() as session:
        refuse_held(mfa.held_until(session, account.id, now), now)


def _account(account_id: str) -> Account | None:
    with reading() as session:
        return accounts.get(session, account_id)


def _refuse_others(account: Account | None) -> None:
    if account is None or account.population != Population.STAFF.value or not may(account.staff_role, Area.HOME):
        raise not_found()
