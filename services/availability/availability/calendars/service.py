"""Use cases of the schedule: read it, look at a change beforehand, publish it, go back to an earlier version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from availability.calendars.advice import Advice, advice
from availability.calendars.compiled import Timetable
from availability.calendars.difference import LOOKS_AHEAD, Flip, difference
from availability.calendars.document import Document, NotASchedule, parse, with_exception
from availability.calendars.models import (
    Head,
    ScheduleVersion,
    add_version,
    claim_version,
    find_version,
    read_document,
    read_head,
)
from availability.calendars.schedule import Schedule
from shared.errors import conflict, not_found, unprocessable
from shared.i18n import say
from shared.service import Work
from shared.web.shell.moments import rfc3339

_CHANGED = say("Somebody published another version meanwhile. Look at it, then try again.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a document after version `seen` would do over the next eight weeks, maintenance aside.

    `added` and `removed` are functions that the change makes known or forgets.
    """

    seen: int
    flips: Sequence[Flip]
    added: Sequence[str]
    removed: Sequence[str]
    advice: Sequence[Advice]

    @property
    def function_minutes(self) -> int:
        """How many function-minutes stand otherwise."""
        return sum(flip.function_minutes for flip in self.flips)


def current_schedule(session: Session) -> tuple[Head, Schedule]:
    """The head and the schedule it points at, without maintenance."""
    head = read_head(session)
    return head, parse(read_document(session, head.version), head.version)


def preview(session: Session, document: Document, now: datetime) -> Preview:
    """Look at a change beforehand; nothing is written. Problems: 422 with a sentence per fault."""
    head, before = current_schedule(session)
    after = _checked(document, head.version + 1)
    flips = difference(Timetable(before), Timetable(after), now, now + LOOKS_AHEAD)
    old, new = set(before.functions), set(after.functions)
    return Preview(head.version, flips, sorted(new - old), sorted(old - new), advice(after, now))


def version_of(session: Session, version: int) -> ScheduleVersion:
    """A published version; raises the 404 Problem."""
    found = find_version(session, version)
    if found is None:
        raise not_found(f"There is no version {version}.")
    return found


def roll_back(work: Work, version: int, reason: str, seen: int) -> int:
    """Publish an earlier version again, as the version after `seen`; return the new version.

    Problems: 404 for an unknown version; 409 when it is the one that counts, or another was published meanwhile.
    """
    document = version_of(work.session, version).document
    if document == read_document(work.session, read_head(work.session).version):
        raise conflict("nothing-to-change", say("The schedule that counts already says the same."))
    return publish(work, document, reason, seen)


def publish(work: Work, document: Document, reason: str, seen: int) -> int:
    """Publish the document as the version after `seen`; return the new version.

    Problems: 422 with a sentence per fault; 409 when another version was published meanwhile.
    """
    version = seen + 1
    schedule = _checked(document, version)
    if not claim_version(work.session, seen):
        raise conflict("schedule-changed", _CHANGED)
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
