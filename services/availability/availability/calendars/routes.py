"""The calendar API for operators' programs: read the schedule, add a dated exception."""

from typing import Any

from flask_smorest import Blueprint

from availability.calendars.models import read_head, read_versions
from availability.calendars.schemas import ExceptionWish, Published, ScheduleShape
from availability.calendars.service import add_exception
from shared.auth import requires
from shared.web.door import reading, transaction

blueprint = Blueprint("calendars", __name__, url_prefix="/api/availability/v1")


@blueprint.get("/calendars")
@requires("hours.read")
@blueprint.response(200, ScheduleShape)
def calendars() -> dict[str, Any]:
    """The schedule that counts: calendars and the calendar of every function."""
    with reading() as session:
        head, newest = read_head(session), read_versions(session, limit=1)[0]
    return {
        "version": newest.version,
        "revision": head.revision,
        "author": newest.author,
        "reason": newest.reason,
        "published_at": newest.created_at,
        "schedule": newest.document,
    }


@blueprint.post("/calendars/<calendar_id>/exceptions")
@requires("hours.manage")
@blueprint.arguments(ExceptionWish)
@blueprint.response(201, Published)
def exceptions(wish: dict[str, Any], calendar_id: str) -> dict[str, int]:
    """Close or open a calendar between two local times; publishes the next version of the schedule."""
    reason = wish.pop("reason")
    with transaction() as work:
        return {"version": add_exception(work, calendar_id, wish, reason)}
