"""`/status`: the page, the same as JSON, and the calendar feed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from availability.calendars.compiled import Timetable
from availability.calendars.schedule import Outage, Schedule
from availability.gate.board import Board
from availability.status.answers import AHEAD, all_calendars, all_functions, conditional, told
from availability.status.feed import FeedEvent, render
from availability.status.tasks import task
from availability.status.week import week
from availability.status.words import day_name, hours_of, in_language, title, window, zone_name
from shared.auth import open_page, open_to_all
from shared.web.door import context
from shared.web.shell import page
from shared.web.shell.language import gettext as _

WHY = "opening hours are public"
MOST_SHOWN = 10
"""A page for three in the morning lists what is near; a maintenance that repeats all year is in the JSON."""
blueprint = Blueprint("status", __name__)
WORDS: dict[str, Any] = {
    "title": title,
    "zone_name": zone_name,
    "day_name": day_name,
    "hours_of": hours_of,
    "in_language": in_language,
    "window": window,
}


@blueprint.get("/status")
@open_page(WHY)
def status() -> Response:
    """The page people look at at three in the morning."""
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    calendars, planned = timetable.schedule.calendars.values(), coming(timetable, now)
    answer = page(
        "availability/status.html",
        now=now,
        verdicts=[(one, timetable.at(one.id, now)) for one in calendars],
        weeks=[(one, list(week(timetable, one, now))) for one in calendars if not one.always],
        outages=planned[:MOST_SHOWN],
        later=len(planned[MOST_SHOWN:]),
        calendars=timetable.schedule.calendars,
        home_url="/status",
        **WORDS,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/status.json")
@open_to_all(WHY)
def status_json() -> Response:
    """The page for programs."""
    now, posted = context().clock.now(), context().part(Board).read()
    functions, valid_until = all_functions(posted.timetable, now)
    body = {
        "version": posted.revision,
        "valid_until": told(valid_until),
        "calendars": all_calendars(posted.timetable, now),
        "functions": functions,
        "maintenance": [_maintenance(one) for one in coming(posted.timetable, now)],
    }
    return conditional(body, now, valid_until)


@blueprint.get("/status/calendar.ics")
@open_to_all(WHY)
def calendar() -> Response:
    """Open hours and maintenance of the next 14 days for calendar programs."""
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    content = render(_("Opening hours"), now, _events(timetable, now, now + timedelta(days=AHEAD)))
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=60"
    answer.headers["Content-Disposition"] = 'inline; filename="opening-hours.ics"'
    return answer


def coming(timetable: Timetable, now: datetime) -> list[Outage]:
    """Maintenance in effect or planned, soonest first."""
    found = [one for one in timetable.schedule.outages if one.ends is None or one.ends > now]
    return sorted(found, key=lambda one: (one.starts, one.id))


def _maintenance(outage: Outage) -> dict[str, object]:
    return {
        "id": outage.id,
        "calendars": sorted(outage.calendars),
        "functions": sorted(outage.functions),
        "clients": sorted(outage.clients),
        "starts_at": told(outage.starts),
        "ends_at": told(outage.ends),
        "message": dict(outage.words),
    }


def _names(schedule: Schedule, outage: Outage) -> Iterator[str]:
    known = schedule.calendars
    yield from (title(known[name]) if name in known else name for name in sorted(outage.calendars))
    yield from sorted(map(task, outage.functions))
    if outage.clients:
        yield _("only for %(apps)s", apps=", ".join(sorted(outage.clients)))


def _events(timetable: Timetable, low: datetime, high: datetime) -> Iterator[FeedEvent]:
    host = context().settings.public_url.partition("://")[2].partition(":")[0]
    schedule = timetable.schedule
    for one in schedule.calendars.values():
        if one.always:
            continue
        for starts, ends, verdict in timetable.stays(one.id, low, high):
            if verdict.open:
                uid = f"{one.id}-{starts:%Y%m%dT%H%M%SZ}@{host}"
                yield FeedEvent(uid, starts, ends, _("%(name)s is open", name=title(one)))
    for outage in coming(timetable, low):
        if outage.starts < high:
            names = ", ".join(_names(schedule, outage))
            summary = _("Maintenance: %(names)s", names=names)
            yield FeedEvent(
                f"{outage.id}@{host}", outage.starts, outage.ends or high, summary, in_language(outage.words)
            )
