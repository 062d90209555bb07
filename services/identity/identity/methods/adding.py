"""What every page does that adds a method: how many there may be, and what the session gains."""

from collections.abc import Iterable

from flask import redirect
from flask.typing import ResponseReturnValue

from identity.mfa import service as mfa
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.service import Work
from shared.web.door import reading
from shared.web.forms import Errors
from shared.web.shell.language import gettext as _

MOST = 10  # apps, phones and addresses of one account


def full(account_id: str, field: str) -> Errors:
    """Return the sentence for `field` where the account has as many methods as one may have."""
    with reading() as session:
        count = len(mfa.methods(session, account_id))
    if count < MOST:
        return {}
    return {field: _("You have as many ways of signing in as an account may have. Remove one first")}


def stronger(work: Work, here: SessionView, amr: Iterable[str]) -> str | None:
    """Add what binding proved to the session, under a new secret (threat 20); None when it ended meanwhile."""
    return sessions.raise_assurance(work, here.id, amr, here.auth_time)


def added(secret: str) -> ResponseReturnValue:
    """Go back to the list, which offers to sign out elsewhere (ASVS 7.4.3)."""
    answer = redirect("/account/methods?added", 303)
    door.give_cookie(answer, secret)
    return answer
