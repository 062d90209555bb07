"""`/gate/check`: a reverse proxy asks before it passes a request on (forward authentication).

204: pass it on. 503 with problem details: the function is closed; come back at `next_open`. Never 401 or 403 and
never a sign-in page, because being closed is nobody's fault. The proxy names the function in the query; only where it
does not, in `X-Gatehouse-Function`, since a client could have sent that header itself. The client id, for maintenance
of single clients, stands in the query alone.
"""

from datetime import datetime
from math import ceil

from flask import Blueprint, Response, request

from availability.calendars.compiled import Timetable
from availability.calendars.decide import Verdict
from availability.gate.board import STALE, Board
from availability.gate.passing import kinds_of_request
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


def closed() -> Response:
    """While it is closed: whoever is on the allow-list passes; people get a page, programs a problem."""
    place = context()
    name, client = request.args.get("function") or request.headers[HEADER], request.args.get("client")
    now, timetable = place.clock.now(), _timetable(place, name)
    verdict = timetable.function(name, now, client)
    if verdict.outage and timetable.kinds and timetable.function(name, now, client, kinds_of_request()).open:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    if "text/html" not in request.headers.get("Accept", ""):
        raise _problem(name, verdict, now)
    answer = page("availability/closed.html", status=503, verdict=verdict, home_url="/status")
    answer.headers.update(_while_closed(verdict, now))
    return answer


@blueprint.route("/gate/check", methods=METHODS)
@open_to_all("a proxy asks for people who are not signed in yet; opening hours are public")
@express(otherwise=closed)
def check(place: Context, asked: Asked) -> Reply | None:
    """204 while the function is open, 503 while it is closed."""
    query = dict(reversed(asked.query))
    name, client = query.get("function") or asked.header(HEADER), query.get("client")
    if not name:
        raise bad_request("function-missing", f"Name the function: ?function=… or the header {HEADER}.")
    now, timetable = place.clock.now(), _timetable(place, name)
    verdict = timetable.function(name, now, client)
    if verdict.open:
        return _opened(verdict, now, stale=place.part(Board).stale)
    # who it is matters only where an allow-list may let them pass: otherwise nobody is looked at
    if (verdict.outage and timetable.kinds) or "text/html" in (asked.header("Accept") or ""):
        return None
    if place.part(Board).stale:
        asked.bring(STALE, "true")
    raise _problem(name, verdict, now)


def _timetable(place: Context, name: str) -> Timetable:
    timetable = place.part(Board).glance().timetable
    if name not in timetable.schedule.functions:
        raise not_found(f"There is no function {name[:100]}.")
    return timetable


def _opened(verdict: Verdict, now: datetime, *, stale: bool) -> Reply:
    until = verdict.valid_until(now)
    # a second at most: maintenance may begin at any moment, and only those who hear of it may keep the answer longer
    age = min(1, int((until - now).total_seconds()))
    headers = (("Cache-Control", f"private, max-age={age}"), (_UNTIL, rfc3339(until)))
    return Reply(b"", 204, headers=(*headers, (STALE, "true")) if stale else headers)


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
