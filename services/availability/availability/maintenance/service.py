"""Use cases of maintenance: plan it, start it, end it, cancel it, move its end, and let its planned hours come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy.orm import Session

from availability.calendars.allowance import allowance_ends
from availability.calendars.compiled import Timetable
from availability.calendars.models import next_revision
from availability.calendars.service import current_schedule
from availability.maintenance.models import REACH, Maintenance, closing, due, find, later_in_series, move_end, step
from availability.maintenance.planning import affected, complete, planned, plans, refused
from availability.maintenance.states import Fault, Plan, State, Wish
from shared.errors import conflict, not_found
from shared.i18n import Message, say
from shared.service import Context, Work
from shared.web.shell.moments import rfc3339

HISTORY = timedelta(days=400)
"""How long an ended maintenance is part of the answers about the past."""


def read_timetable(session: Session, now: datetime) -> tuple[int, Timetable]:
    """The revision and the compiled schedule with its outages, history included."""
    head, schedule = current_schedule(session)
    outages = tuple(row.outage() for row in closing(session, now - HISTORY))
    return head.revision, Timetable(replace(schedule, outages=outages))


def plan(work: Work, wish: Wish) -> Maintenance:
    """Plan a maintenance, or start it where the wish says now; of one that repeats, return the first occurrence.

    Problems: 422 for unknown calendars, impossible times, or a time outside the allowance without the emergency flag.
    """
    _, schedule = current_schedule(work.session)
    whole = complete(schedule, wish)
    series = work.ids.new("ser") if wish.repeat else None
    rows = [_row(work, whole, one, series) for one in plans(schedule, whole, work.now)]
    next_revision(work.session)
    work.session.add_all(rows)
    work.session.flush()
    for row in rows:
        _announce(work, row, wish.reason)
    return rows[0]


def start(work: Work, id: str, reason: str) -> Maintenance:
    """Start a scheduled maintenance now, before its hour; outside the allowance only as the emergency it is."""
    settle_due(work)
    found = find(work.session, id) or _missing()
    _, schedule = current_schedule(work.session)
    bound = found.state == State.SCHEDULED and not found.emergency
    concerned = affected(schedule, found.calendars, _reach(found, "functions"))
    if bound and allowance_ends(schedule, concerned, work.now) is None:
        raise refused(Fault.OUTSIDE_ALLOWANCE)
    return _move(work, id, State.SCHEDULED, State.IN_EFFECT, reason)


def end(work: Work, id: str, reason: str) -> Maintenance:
    """End a maintenance that is in effect; what it closed is open from this instant, if its hours say so."""
    settle_due(work)
    return _move(work, id, State.IN_EFFECT, State.ENDED, reason)


def cancel(work: Work, id: str, reason: str, *, rest: bool = False) -> Maintenance:
    """Cancel a maintenance that has not begun; with `rest` the later occurrences of its series, too."""
    settle_due(work)
    cancelled = _move(work, id, State.SCHEDULED, State.CANCELLED, reason)
    for later in later_in_series(work.session, cancelled) if rest and cancelled.series else ():
        # one that somebody else has moved on meanwhile stays as they left it
        if _stepped(work, later.id, State.SCHEDULED, State.CANCELLED, work.now):
            _announce(work, find(work.session, later.id) or _missing(), reason)
    return cancelled


def extend(work: Work, id: str, ends_at: datetime | None, reason: str, *, emergency: bool = False) -> Maintenance:
    """Give a planned or running maintenance another end, later or earlier; None: until somebody ends it.

    Problems: 404; 409 when it is over; 422 for an end that has passed, or beyond the allowance without being an
    emergency. Everybody is told by the event of the state it is in, with the new end.
    """
    before = find(work.session, id) or _missing()
    _, schedule = current_schedule(work.session)
    urgent = emergency or before.emergency
    starts = max(before.starts_at, work.now)
    functions = frozenset(_reach(before, "functions"))
    wish = Wish(frozenset(before.calendars), reason, starts, ends_at, urgent, functions=functions)
    moved = planned(schedule, complete(schedule, wish), work.now)
    was = before.ends_at
    next_revision(work.session)
    if not move_end(work.session, id, work.now, moved.ends_at, emergency=urgent):
        over = find(work.session, id) or _missing()
        raise conflict("maintenance-state", say("This maintenance is over."), state=over.state)
    row = find(work.session, id) or _missing()
    after = {"ends_at": rfc3339(row.ends_at) if row.ends_at else None}
    _announce(work, row, reason, "maintenance.extended", {"ends_at": rfc3339(was) if was else None}, after)
    return row


def settle(context: Context) -> int:
    """The job: write down and announce every planned start and end whose hour has come."""
    with context.reading() as session:
        if not due(session, context.clock.now()):
            return 0
    with context.transaction() as work:
        return settle_due(work)


def settle_due(work: Work) -> int:
    """Move on whatever is due; a maintenance that began and ended unseen takes both steps."""
    moved = 0
    while rows := due(work.session, work.now):
        for row in rows:
            starting = row.state == State.SCHEDULED
            after, at = (State.IN_EFFECT, row.starts_at) if starting else (State.ENDED, row.ends_at)
            if _stepped(work, row.id, State(row.state), after, at):
                _announce(work, find(work.session, row.id) or _missing(), row.reason)
                moved += 1  # otherwise another worker was here first, and has told
    return moved


_NAMED: dict[str, Message] = {
    State.SCHEDULED: say("planned"),
    State.IN_EFFECT: say("in effect"),
    State.ENDED: say("ended"),
    State.CANCELLED: say("cancelled"),
}
_STAMPS = {State.IN_EFFECT: "started_at", State.ENDED: "ended_at"}
_EVENTS = {
    State.SCHEDULED: "maintenance.scheduled",
    State.IN_EFFECT: "maintenance.started",
    State.ENDED: "maintenance.ended",
    State.CANCELLED: "maintenance.scheduled",  # the plan is changed; its `state` says how
}


def _move(work: Work, id: str, before: State, after: State, reason: str) -> Maintenance:
    moved = _stepped(work, id, before, after, work.now)
    row = find(work.session, id) or _missing()
    if not moved:
        told = say("This maintenance is %(state)s, not %(wanted)s.", state=_NAMED[row.state], wanted=_NAMED[before])
        raise conflict("maintenance-state", told, state=row.state)
    _announce(work, row, reason)
    return row


def _stepped(work: Work, id: str, before: State, after: State, at: datetime | None) -> bool:
    stamps = {_STAMPS[after]: at} if after in _STAMPS else {}
    next_revision(work.session)  # the head before any row, always: two who move several rows must not wait in a ring
    return step(work.session, id, before, state=after, **stamps)


def _missing() -> NoReturn:
    raise not_found(say("There is no such maintenance."))


def _reach(row: Maintenance, name: str) -> Sequence[str]:
    return row.reach.get(name, ())


def _row(work: Work, wish: Wish, planned: Plan, series: str | None) -> Maintenance:
    return Maintenance(
        id=work.ids.new("mnt"),
        calendars=sorted(wish.calendars),
        state=planned.state,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        started_at=planned.starts_at if planned.state is State.IN_EFFECT else None,
        ended_at=None,
        emergency=wish.emergency,
        reason=wish.reason,
        message=dict(wish.message),
        author=work.actor.id,
        created_at=work.now,
        version=1,
        reach={name: sorted(named) for name in REACH if (named := getattr(wish, name))},
        series=series,
    )


def _announce(
    work: Work, row: Maintenance, reason: str, act: str = "", before: object = None, after: object = None
) -> None:
    work.audit(act or f"maintenance.{row.state}", target=row.id, reason=reason, before=before, after=after)
    closes = row.outage()
    data: dict[str, object] = {
        "maintenance_id": row.id,
        "calendars": _concerned(work, row),
        "state": str(row.state),
        "starts_at": rfc3339(closes.starts),
        "ends_at": rfc3339(closes.ends) if closes.ends else None,
        "emergency": row.emergency,
        "reason": None,  # written for colleagues, not for every listener
    }
    narrower = {"functions": _reach(row, "functions"), "clients": _reach(row, "clients"), "series_id": row.series}
    data |= {name: told for name, told in narrower.items() if told}
    work.publish(_EVENTS[State(row.state)], subject=row.id, sequence=row.version, data=data)


def _concerned(work: Work, row: Maintenance) -> list[str]:
    """Every calendar of which a listener must ask again."""
    functions = _reach(row, "functions")
    return affected(current_schedule(work.session)[1], row.calendars, functions) if functions else list(row.calendars)


def state_of(row: Maintenance) -> dict[str, object]:
    """The whole state of one maintenance, JSON-ready; instants in RFC 3339."""
    instants = ("starts_at", "ends_at", "started_at", "ended_at")
    told = {name: rfc3339(value) if (value := getattr(row, name)) else None for name in instants}
    return {
        "id": row.id,
        "state": str(row.state),
        "calendars": list(row.calendars),
        **told,
        "emergency": row.emergency,
        "reason": row.reason,
        "message": dict(row.message),
        "series_id": row.series,
        **{name: list(_reach(row, name)) for name in REACH},
    }
