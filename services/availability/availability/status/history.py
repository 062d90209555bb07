"""`/status/history`: what was closed for maintenance in the last 90 days, as a page and as JSON."""

from datetime import datetime, timedelta

from flask import Blueprint, Response

from availability.calendars.compiled import Timetable
from availability.calendars.schedule import Outage
from availability.gate.board import Board
from availability.status.answers import LONGEST_AGE, conditional, told
from availability.status.pages import WHY, WORDS
from shared.auth import open_page, open_to_all
from shared.web.door import context
from shared.web.shell import page

LOOKS_BACK = timedelta(days=90)
blueprint = Blueprint("history", __name__)


@blueprint.get("/status/history")
@open_page(WHY)
def history() -> Response:
    """The page."""
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    shown = {"outages": past(timetable, now), "calendars": timetable.schedule.calendars, "home_url": "/status"}
    answer = page("availability/history.html", 200, now=now, **shown, **WORDS)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/status/history.json")
@open_to_all(WHY)
def history_json() -> Response:
    """The page for programs."""
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    body = {
        "since": told(now - LOOKS_BACK),
        "maintenance": [_told(one) for one in past(timetable, now)],
    }
    return conditional(body, now, now + LONGEST_AGE)


def past(timetable: Timetable, now: datetime) -> list[Outage]:
    """Maintenance that ended within the last 90 days, the latest first; one that never closed anything is left out."""
    over = [one for one in timetable.schedule.outages if one.ends is not None and one.starts < one.ends <= now]
    recent = [one for one in over if one.ends is not None and one.ends > now - LOOKS_BACK]
    return sorted(recent, key=lambda one: (one.starts, one.id), reverse=True)


def _told(one: Outage) -> dict[str, object]:
    return {
        "id": one.id,
        "calendars": sorted(one.calendars),
        "functions": sorted(one.functions),
        "clients": sorted(one.clients),
        "started_at": told(one.starts),
        "ended_at": told(one.ends),
        "minutes": _minutes(one),
        "message": dict(one.words),
    }


def _minutes(outage: Outage) -> int:
    return round((outage.ends - outage.starts).total_seconds() / 60) if outage.ends else 0
