"""The public hours API: state now or at an instant, for one function or all, and the next 14 days."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from availability.calendars.schedule import Calendar
from availability.gate.board import Board, Posted
from availability.status.answers import all_functions, answer, conditional, days
from availability.status.schemas import Asked, Days, ForClient, Function, Functions
from shared.auth import open_to_all
from shared.errors import not_found
from shared.web.door import context

WHY = "opening hours are public"
blueprint = Blueprint("functions", __name__, url_prefix="/api/availability/v1")


@blueprint.get("/functions")
@open_to_all(WHY)
@blueprint.arguments(Asked, location="query")
@blueprint.response(200, Functions)
def functions(asked: dict[str, Any]) -> Response:
    """All functions: open or closed, why, and when that changes; for a client, where one is named."""
    posted, now = context().part(Board).read(), context().clock.now()
    found, valid_until = all_functions(posted.timetable, asked.get("at", now), asked.get("client"))
    body = {"version": posted.revision, "valid_until": _first(found), "functions": found}
    return conditional(body, now, valid_until if "at" not in asked else now)


@blueprint.get("/functions/<function_id>")
@open_to_all(WHY)
@blueprint.arguments(Asked, location="query")
@blueprint.response(200, Function)
def function(asked: dict[str, Any], function_id: str) -> Response:
    """One function: open or closed, why, and when that changes."""
    posted, now = context().part(Board).read(), context().clock.now()
    calendar, at = _calendar(posted, function_id), asked.get("at", now)
    verdict = posted.timetable.function(function_id, at, asked.get("client"))
    body = {"function": function_id, "calendar": calendar.id, "version": posted.revision, **answer(verdict, at)}
    return conditional(body, now, verdict.valid_until(at) if "at" not in asked else now)


@blueprint.get("/functions/<function_id>/days")
@open_to_all(WHY)
@blueprint.arguments(ForClient, location="query")
@blueprint.response(200, Days)
def next_days(asked: dict[str, Any], function_id: str) -> Response:
    """One function: its open hours on the next 14 days."""
    posted, now = context().part(Board).read(), context().clock.now()
    calendar = _calendar(posted, function_id)
    asker = posted.timetable.asker(function_id, asked.get("client"))
    valid_until = posted.timetable.at(calendar.id, now, asker).valid_until(now)
    body: dict[str, Any] = {"function": function_id, "calendar": calendar.id, "time_zone": calendar.zone.key}
    body |= {"version": posted.revision, "days": days(posted.timetable, calendar, now, asker)}
    return conditional(body, now, valid_until)


def _first(found: dict[str, Any]) -> str:
    return min(str(one["valid_until"]) for one in found.values())


def _calendar(posted: Posted, function_id: str) -> Calendar:
    schedule = posted.timetable.schedule
    if function_id not in schedule.functions:
        raise not_found(f"There is no function {function_id[:100]}.")
    return schedule.calendars[schedule.functions[function_id]]
