"""The public answers as JSON-ready values: the API and `/status.json` say the same."""

import json
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Response, request

from availability.calendars.compiled import Timetable
from availability.calendars.decide import Verdict
from availability.calendars.schedule import DAYS, Asker, Calendar
from availability.calendars.walltime import local, midnight, next_day
from shared.web.shell.moments import rfc3339

LONGEST_AGE = timedelta(seconds=60)
"""Those who do not listen to events ask again after a minute at most: maintenance may have begun."""
AHEAD = 14


def told(instant: datetime | None) -> str | None:
    """The instant in RFC 3339, or None."""
    return rfc3339(instant) if instant else None


def answer(verdict: Verdict, at: datetime) -> dict[str, Any]:
    """Open or closed, why, since, until, next open, and up to when the answer may be kept."""
    return {
        "open": verdict.open,
        "reason": verdict.reason and str(verdict.reason),
        "notice": verdict.notice and str(verdict.notice),
        "since": told(verdict.since),
        "until": told(verdict.until),
        "next_open": told(verdict.next_open),
        "valid_until": rfc3339(verdict.valid_until(at)),
    }


def all_functions(timetable: Timetable, at: datetime, client: str | None = None) -> tuple[dict[str, Any], datetime]:
    """The answer of every function and the first instant at which one of them may change.

    For a client, where one is named; where none is, each function also says what differs for the clients that some
    maintenance names.
    """
    functions = {name: _for_all(timetable, name, at, client) for name in sorted(timetable.schedule.functions)}
    verdicts = [timetable.function(name, at, one) for name in functions for one in _named(timetable, client)]
    return functions, min(verdict.valid_until(at) for verdict in verdicts)


def _named(timetable: Timetable, client: str | None) -> list[str | None]:
    return [client] if client else [None, *sorted(timetable.clients)]


def _for_all(timetable: Timetable, name: str, at: datetime, client: str | None) -> dict[str, Any]:
    said = answer(timetable.function(name, at, client), at)
    clients = {
        one: other
        for one in (() if client else sorted(timetable.clients))
        if (other := answer(timetable.function(name, at, one), at)) != said
    }
    calendar = {"calendar": timetable.schedule.functions[name]}
    return {**calendar, **said, "clients": clients} if clients else {**calendar, **said}


def all_calendars(timetable: Timetable, at: datetime) -> list[dict[str, Any]]:
    """The answer of every calendar with its titles."""
    return [
        {"id": one.id, "title": dict(one.title), "time_zone": one.zone.key, **answer(timetable.at(one.id, at), at)}
        for one in timetable.schedule.calendars.values()
    ]


def days(timetable: Timetable, calendar: Calendar, at: datetime, asker: Asker | None = None) -> list[dict[str, Any]]:
    """The 14 local days from the one of `at` on; open pieces are clipped to their day and carry their notice."""
    day = local(at, calendar.zone).date()
    found = []
    for _ in range(AHEAD):
        found.append(_day(timetable, calendar, day, asker))
        day = next_day(day)
    return found


def _day(timetable: Timetable, calendar: Calendar, day: date, asker: Asker | None) -> dict[str, Any]:
    begins, ends = midnight(day, calendar.zone), midnight(next_day(day), calendar.zone)
    pieces = timetable.pieces(calendar.id, begins, ends, asker)
    openings = [
        {"from": rfc3339(start), "until": rfc3339(end), "notice": verdict.notice and str(verdict.notice)}
        for start, end, verdict in pieces
        if verdict.open
    ]
    return {"date": day.isoformat(), "weekday": DAYS[day.weekday()], "openings": openings}


def conditional(body: dict[str, Any], now: datetime, valid_until: datetime) -> Response:
    """The body with an `ETag` and a `max-age` that never outlives it; 304 where the reader has it (RFC 9110 §13)."""
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    age = max(timedelta(0), min(valid_until - now, LONGEST_AGE))
    response = Response(content, content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={int(age.total_seconds())}"
    response.set_etag(sha256(content).hexdigest()[:24])
    response.make_conditional(request.environ)
    return response
