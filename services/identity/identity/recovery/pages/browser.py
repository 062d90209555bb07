"""Between the pages of recovery: which recovery this browser is in, which step is next, and who may see this one."""

from dataclasses import dataclass

from flask import redirect, request
from werkzeug.wrappers import Response

from identity.recovery import proving
from identity.recovery.flow import Facts, Step, next_step
from identity.recovery.proving import View
from identity.sessions import door
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


def find(secret: str | None = None) -> Place | None:
    """Return where this browser stands (or the one that is about to get `secret`), None where nothing was begun."""
    place = context()
    now = place.clock.now()
    value = secret or request.cookies.get(_name())
    present = door.present() if value else None
    with reading() as session:
        recovery = proving.of_browser(session, value, now)
        if recovery is None:
            return None
        known = proving.facts(session, recovery, now, present)
    return Place(recovery, known, next_step(known))


def at(step: Step) -> Place | Response:
    """Return the place of this request where `step` is next; otherwise the redirect to the step that is."""
    found = find()
    if found is None:
        return redirect(_PATHS[Step.OVER] if request.path != _PATHS[Step.OVER] else HOME, 303)
    return found if found.step is step else onward(found)


def onward(found: Place | None) -> Response:
    """Send the browser to its next step; to the beginning where it has none."""
    return redirect(_PATHS[found.step] if found else HOME, 303)


def onward_with(secret: str) -> Response:
    """The same for a browser that has just been given a new secret."""
    answer = onward(find(secret))
    place = context()
    # Until the browser closes, for this host alone; a link in a mail must be able to follow it (Lax).
    answer.set_cookie(_name(), secret, secure=place.settings.secure, httponly=True, samesite="Lax", path="/")
    return answer


def source() -> str:
    """Return the network address that asks, as the proxy chain vouches for it."""
    return request.remote_addr or ""


def _name() -> str:
    return f"__Host-{_COOKIE}" if context().settings.secure else _COOKIE
