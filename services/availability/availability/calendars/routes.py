"""The calendar API for operators' programs: read the schedule and its history, look at a change, publish, go back."""

from typing import Any

from flask_smorest import Blueprint

from availability.calendars import service
from availability.calendars.models import ScheduleVersion, read_head, read_versions
from availability.calendars.schemas import (
    DraftShape,
    ExceptionWish,
    PreviewShape,
    Published,
    PublishWish,
    RollbackWish,
    ScheduleShape,
    VersionsQuery,
    VersionsShape,
    WholeVersion,
)
from availability.calendars.service import Preview
from availability.operators import acts_with_scope
from shared.auth import requires
from shared.web.door import context, reading, transaction

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
@acts_with_scope("hours.manage")
@blueprint.arguments(ExceptionWish)
@blueprint.response(201, Published)
def exceptions(wish: dict[str, Any], calendar_id: str) -> dict[str, int]:
    """Close or open a calendar between two local times; publishes the next version of the schedule."""
    reason = wish.pop("reason")
    with transaction() as work:
        return {"version": service.add_exception(work, calendar_id, wish, reason)}


@blueprint.put("/calendars")
@acts_with_scope("hours.manage")
@blueprint.arguments(PublishWish)
@blueprint.response(200, Published)
def publish(wish: dict[str, Any]) -> dict[str, int]:
    """Publish a whole schedule as the next version; 409 where somebody else has published since `seen`."""
    with transaction() as work:
        return {"version": service.publish(work, wish["schedule"], wish["reason"], wish["seen"])}


@blueprint.post("/calendars/preview")
@requires("hours.read")
@blueprint.arguments(DraftShape)
@blueprint.response(200, PreviewShape)
def preview(draft: dict[str, Any]) -> Preview:
    """Check a schedule and say what publishing it would change over the next eight weeks; nothing is written."""
    with reading() as session:
        return service.preview(session, draft["schedule"], context().clock.now())


@blueprint.post("/calendars/rollback")
@acts_with_scope("hours.manage")
@blueprint.arguments(RollbackWish)
@blueprint.response(200, Published)
def rollback(wish: dict[str, Any]) -> dict[str, int]:
    """Publish an earlier version again."""
    with transaction() as work:
        return {"version": service.roll_back(work, wish["version"], wish["reason"], wish["seen"])}


@blueprint.get("/calendars/versions")
@requires("hours.read")
@blueprint.arguments(VersionsQuery, location="query")
@blueprint.response(200, VersionsShape)
def versions(query: dict[str, Any]) -> dict[str, list[ScheduleVersion]]:
    """The history: who published what when, and why."""
    with reading() as session:
        return {"versions": read_versions(session, before=query["before"])}


@blueprint.get("/calendars/versions/<int(max=2147483647):version>")
@requires("hours.read")
@blueprint.response(200, WholeVersion)
def version(version: int) -> ScheduleVersion:
    """One version with its schedule."""
    with reading() as session:
        return service.version_of(session, version)
