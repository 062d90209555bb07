"""`/status/banner`: a fragment for portals, to put above their own page. Nothing (204) while there is nothing to say.

portal's server or script ──GET /status/banner?lang=es──▶ 200 a fragment of HTML │ 204
"""

from datetime import datetime, timedelta

from flask import Blueprint, Response, request

from availability.calendars.schedule import Outage
from availability.gate.board import Board
from availability.status.answers import LONGEST_AGE
from availability.status.pages import WHY, WORDS, coming
from shared.auth import open_to_all
from shared.web.door import context
from shared.web.shell import page

SOON = timedelta(hours=24)
blueprint = Blueprint("banner", __name__)


@blueprint.get("/status/banner")
@open_to_all(WHY)
def banner() -> Response:
    """Maintenance that is under way, else what begins within a day; without script, style or cookie of ours.

    What is for single clients only is said where the portal names itself: `?client=`.
    """
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    client = request.args.get("client", "")
    here = [one for one in coming(timetable, now) if not one.clients or client in one.clients]
    found = worth_saying(here, now)
    answer = (
        page("availability/banner.html", now=now, outages=found, calendars=timetable.schedule.calendars, **WORDS)
        if found
        else Response(status=204)
    )
    # Any portal's page may read it, and in the language it asks for.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.headers["Cache-Control"] = f"private, max-age={int(_age(here, now).total_seconds())}"
    return answer


def worth_saying(outages: list[Outage], now: datetime) -> list[Outage]:
    """Those in effect; where none is, those that begin within a day."""
    running = [one for one in outages if one.starts <= now]
    return running or [one for one in outages if one.starts <= now + SOON]


def _age(outages: list[Outage], now: datetime) -> timedelta:
    """Up to a minute, and never past the next start or end."""
    edges = [edge for one in outages for edge in (one.starts, one.ends) if edge and edge > now]
    return min([LONGEST_AGE, *(edge - now for edge in edges)])
