"""Between the pages of recovery: which recovery this browser is in, which step is next, and who may see this one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.recovery import proving
from identity.recovery.flow import Facts, Step, next_step
from identity.recovery.proving import View
from identity.sessions import door
from shared.auth import open_page
from shared.web.cookies import bound_to_host
from shared.web.door import context, reading

HOME = "/recover"
_COOKIE = "gh_recovery"
_PATHS = {
    Step.CODE: f"{HOME}/code",
    Step.PROVE: f"{HOME}/prove",
    Step.NEW_PASSWORD: f"{HOME}/new-password",
    Step.REMOVE: f"{HOME}/remove",
    Step.DESK: f"{HOME}/desk",
    Step.OVER: f"{HOME}/over",
    Step.DONE: f"{HOME}/done",
}


@dataclass(frozen=True)
class Place:
    """Where a request stands in its recovery."""

    recovery: View
    facts: Facts
    step: Step


StepView = Callable[[Place], ResponseReturnValue]


def find(secret: str | None = None) -> Place | None:
    """Return where this browser stands (or the one that is about to get `secret`), None where nothing was begun."""
    place = context()
    now = place.clock.now()
    value = secret or request.cookies.get(bound_to_host(_COOKIE))
    present = door.present() if value else None
    with reading() as session:
        recovery = proving.of_browser(session, value, now)
        if recovery is None:
            return None
        known = proving.facts(session, recovery, now, present)
    return Place(recovery, known, next_step(known))


def at(wanted: Step) -> Callable[[StepView], Callable[[], ResponseReturnValue]]:
    """The page belongs to this step: the recovery that has come to it sees it, everybody else is led to theirs.

    Cookie and flow are asked at every request, so that no page opens out of turn (threat 32).
    """

    def declared(view: StepView) -> Callable[[], ResponseReturnValue]:
        @open_page("the cookie of the recovery and the flow decide; without them it leads to the beginning")
        @wraps(view)
        def guarded() -> ResponseReturnValue:
            found = find()
            if found is None:
                return redirect(_PATHS[Step.OVER], 303)
            return view(found) if found.step is wanted else onward(found)

        return guarded

    return declared


def onward(found: Place | None) -> Response:
    """Send the browser to its next step; to the beginning where it has none."""
    return redirect(_PATHS[found.step] if found else HOME, 303)


def onward_with(secret: str) -> Response:
    """The same for a browser that has just been given a new secret."""
    answer = onward(find(secret))
    place = context()
    # Until the browser closes, for this host alone; a link in a mail must be able to follow it (Lax).
    answer.set_cookie(
        bound_to_host(_COOKIE), secret, secure=place.settings.secure, httponly=True, samesite="Lax", path="/"
    )
    return answer


def source() -> str:
    """Return the network address that asks, as the proxy chain vouches for it."""
    return request.remote_addr or ""
