"""Use cases of the schedule: read it, publish the next version, add a dated exception."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from availability.calendars.document import Document, NotASchedule, parse, with_exception
from availability.calendars.models import Head, add_version, claim_version, read_document, read_head
from availability.calendars.schedule import Schedule
from shared.errors import conflict, not_found, unprocessable
from shared.service import Work
from shared.web.shell.moments import rfc3339


def current_schedule(session: Session) -> tuple[Head, Schedule]:
    """The head and the schedule it points at, without maintenance."""
    head = read_head(session)
    return head, parse(read_document(session, head.version), head.version)


def publish(work: Work, document: Document, reason: str, seen: int) -> int:
    """Publish the document as the version after `seen`; return the new version.

    Problems: 422 with a sentence per fault; 409 when another version was published meanwhile.
    """
    version = seen + 1
    schedule = _checked(document, version)
    if not claim_version(work.session, seen):
        raise conflict("schedule-changed", "Somebody published another version meanwhile. Look at it, then try again.")
    add_version(work.session, version, document, work.actor.id, reason, work.now)
    work.audit("schedule.publish", target=f"schedule/{version}", reason=reason)
    before = parse(read_document(work.session, seen), seen)
    for calendar in _changed(before, schedule):
        _tell(work, schedule, calendar)
    return version


def add_exception(work: Work, calendar: str, entry: Mapping[str, Any], reason: str) -> int:
    """Publish the current schedule with one more dated closure or opening; return the new version."""
    head = read_head(work.session)
    try:
        document = with_exception(read_document(work.session, head.version), calendar, entry)
    except KeyError:
        raise not_found(f"There is no calendar {calendar}.") from None
    return publish(work, document, reason, head.version)


def _changed(before: Schedule, after: Schedule) -> list[str]:
    """The calendars whose answers may differ, or whose functions do."""
    names = sorted({*before.calendars, *after.calendars})
    return [
        name
        for name in names
        if before.calendars.get(name) != after.calendars.get(name)
        or before.functions_of(name) != after.functions_of(name)
    ]


def _tell(work: Work, schedule: Schedule, calendar: str) -> None:
    data = {
        "calendar": calendar,
        "functions": list(schedule.functions_of(calendar)),
        "version": schedule.version,
        "changed_at": rfc3339(work.now),
    }
    work.publish("schedule.changed", subject=calendar, sequence=schedule.version, data=data)


def _checked(document: Document, version: int) -> Schedule:
    try:
        return parse(document, version)
    except NotASchedule as refused:
        raise unprocessable({"schedule": refused.faults}) from refused
