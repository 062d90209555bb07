"""The announcer: a job that tells once that a calendar opened or closed.

Events are for those who want to act on it; nobody depends on their punctuality, because every answer already carries
the instant up to which it holds.
"""

from datetime import datetime

from availability.calendars.decide import Verdict
from availability.calendars.schedule import Schedule
from availability.gate.board import Board
from availability.gate.models import Announced, claim_announcement, read_announced
from shared.service import Context, Work
from shared.web.shell.moments import rfc3339


def announce(context: Context) -> int:
    """The job: announce every calendar that stands otherwise than last told; return how many."""
    now = context.clock.now()
    timetable = context.part(Board).read().timetable
    with context.reading() as session:
        told = read_announced(session)
    found = {name: timetable.at(name, now) for name in timetable.schedule.calendars}
    crossed = [name for name, verdict in found.items() if is_news(told.get(name), verdict)]
    return sum(_announce(context, told.get(name), timetable.schedule, name, found[name]) for name in crossed)


def is_news(last: Announced | None, verdict: Verdict) -> bool:
    """Whether the verdict is another stay than the one last announced: the state differs, or it began later."""
    if last is None or last.open != verdict.open:
        return True
    return verdict.since is not None and (last.since is None or verdict.since > last.since)


def _announce(context: Context, last: Announced | None, schedule: Schedule, calendar: str, verdict: Verdict) -> int:
    with context.transaction() as work:
        if not claim_announcement(work.session, last, calendar, verdict.open, verdict.since):
            return 0
        _tell(work, schedule, calendar, verdict, last.sequence + 1 if last else 1)
    return 1


def _tell(work: Work, schedule: Schedule, calendar: str, verdict: Verdict, sequence: int) -> None:
    data = {
        "calendar": calendar,
        "functions": list(schedule.functions_of(calendar)),
        "open": verdict.open,
        "reason": verdict.reason and str(verdict.reason),
        "since": _told(verdict.since),
        "next_open": _told(verdict.next_open),
        "valid_until": _told(verdict.valid_until(work.now)),
    }
    work.publish("service.opened" if verdict.open else "service.closed", subject=calendar, sequence=sequence, data=data)


def _told(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
