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
from shared.service import Context
from shared.web.door import context
from shared.web.express import Asked, Reply, express
from shared.web.shell import page
from shared.web.shell.moments import rfc3339

HEADER = "X-Gatehouse-Function"
_UNTIL = "X-Gatehouse-Valid-Until"
KNOWN_NO_OPENING = 300
"""Seconds to wait when nobody knows when it opens."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

blueprint = Blueprint("gate", __name__)


def closed_page() -> Response:
    """The page for people whose browser the proxy shows our answer to."""
    place = context()
    name = request.args.get("function") or request.headers[HEADER]
    verdict = _verdict(place, name, place.clock.now())
    answer = page("availability/closed.html", status=503, verdict=verdict, home_url="/status")
    answer.headers.update(_while_closed(verdict, place.clock.now()))
    return answer


@blueprint.route("/gate/check", methods=METHODS)
@open_to_all("a proxy asks for people who are not signed in yet; opening hours are public")
@express(otherwise=closed_page)
def check(place: Context, asked: Asked) -> Reply | None:
    """204 while the function is open, 503 while it is closed."""
    name = dict(reversed(asked.query)).get("function") or asked.header(HEADER)
    if not name:
        raise bad_request("function-missing", f"Name the function: ?function=… or the header {HEADER}.")
    now = place.clock.now()
    verdict = _verdict(place, name, now)
    if verdict.open:
        return _opened(verdict, now)
    if "text/html" in (asked.header("Accept") or ""):
        return None
    raise _problem(name, verdict, now)


def _verdict(place: Context, name: str, now: datetime) -> Verdict:
    timetable = place.part(Board).glance().timetable
    calendar = timetable.schedule.functions.get(name)
    if calendar is None:
        raise not_found(f"There is no function {name[:100]}.")
    return timetable.at(calendar, now)


def _opened(verdict: Verdict, now: datetime) -> Reply:
    until = verdict.valid_until(now)
    # a second at most: maintenance may begin at any moment, and only those who hear of it may keep the answer longer
    age = min(1, int((until - now).total_seconds()))
    return Reply(b"", 204, headers=(("Cache-Control", f"private, max-age={age}"), (_UNTIL, rfc3339(until))))


def _while_closed(verdict: Verdict, now: datetime) -> dict[str, str]:
    wait = ceil((verdict.next_open - now).total_seconds()) if verdict.next_open else KNOWN_NO_OPENING
    return {
        "Retry-After": str(max(1, wait)),
        "Cache-Control": "private, no-cache",
        _UNTIL: rfc3339(verdict.valid_until(now)),
    }


def _problem(name: str, verdict: Verdict, now: datetime) -> Problem:
    detail = "This function is closed for maintenance." if verdict.outage else "This function is closed now."
    return Problem(
        503,
        "function-closed",
        "The function is closed.",
        detail,
        _while_closed(verdict, now),
        function=name,
        reason=str(verdict.reason),
        since=verdict.since and rfc3339(verdict.since),
        next_open=verdict.next_open and rfc3339(verdict.next_open),
        valid_until=rfc3339(verdict.valid_until(now)),
    )
