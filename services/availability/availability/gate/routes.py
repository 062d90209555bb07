"""`/gate/check`: a reverse proxy asks before it passes a request on (forward authentication).

204: pass it on. 503 with problem details: the function is closed; come back at `next_open`. Never 401 or 403 and
never a sign-in page, because being closed is nobody's fault. The proxy names the function in the query; only where it
does not, in `X-Gatehouse-Function`, since a client could have sent that header itself.
"""

from datetime import datetime
from math import ceil

from flask import Blueprint, Response, request

from availability.calendars.decide import Verdict
from availability.gate.board import Board
from shared.auth import open_to_all
from shared.errors import Problem, bad_request, not_found
from shared.web.door import context
from shared.web.shell import page
from shared.web.shell.moments import rfc3339

HEADER = "X-Gatehouse-Function"
KNOWN_NO_OPENING = 300
"""Seconds to wait when nobody knows when it opens."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

blueprint = Blueprint("gate", __name__)


@blueprint.route("/gate/check", methods=METHODS)
@open_to_all("a proxy asks for people who are not signed in yet; opening hours are public")
def check() -> Response:
    """204 while the function is open, 503 while it is closed."""
    place = context()
    name = request.args.get("function") or request.headers.get(HEADER)
    if not name:
        raise bad_request("function-missing", f"Name the function: ?function=… or the header {HEADER}.")
    now = place.clock.now()
    timetable = place.part(Board).glance().timetable
    calendar = timetable.schedule.functions.get(name)
    if calendar is None:
        raise not_found(f"There is no function {name[:100]}.")
    verdict = timetable.at(calendar, now)
    return _opened(verdict, now) if verdict.open else _closed(name, verdict, now)


def _opened(verdict: Verdict, now: datetime) -> Response:
    until = verdict.valid_until(now)
    answer = Response(status=204)
    # a second at most: maintenance may begin at any moment, and only those who hear of it may keep the answer longer
    answer.headers["Cache-Control"] = f"private, max-age={min(1, int((until - now).total_seconds()))}"
    answer.headers["X-Gatehouse-Valid-Until"] = rfc3339(until)
    return answer


def _closed(name: str, verdict: Verdict, now: datetime) -> Response:
    wait = ceil((verdict.next_open - now).total_seconds()) if verdict.next_open else KNOWN_NO_OPENING
    headers = {
        "Retry-After": str(max(1, wait)),
        "Cache-Control": "private, no-cache",
        "X-Gatehouse-Valid-Until": rfc3339(verdict.valid_until(now)),
    }
    if "text/html" in request.headers.get("Accept", ""):
        answer = page("availability/closed.html", status=503, verdict=verdict, home_url="/status")
        answer.headers.update(headers)
        return answer
    raise _problem(name, verdict, now, headers)


def _problem(name: str, verdict: Verdict, now: datetime, headers: dict[str, str]) -> Problem:
    detail = "This function is closed for maintenance." if verdict.outage else "This function is closed now."
    return Problem(
        503,
        "function-closed",
        "The function is closed.",
        detail,
        headers,
        function=name,
        reason=str(verdict.reason),
        since=verdict.since and rfc3339(verdict.since),
        next_open=verdict.next_open and rfc3339(verdict.next_open),
        valid_until=rfc3339(verdict.valid_until(now)),
    )
