"""From a wish to the plans it means: what is affected, when, and whether the rules let it. Nothing is written here."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from availability.calendars.allowance import allowance_ends
from availability.calendars.schedule import Schedule
from availability.maintenance import occurrences
from availability.maintenance.occurrences import MOST
from availability.maintenance.states import Fault, Plan, Wish, judge
from shared.errors import Problem, unprocessable
from shared.i18n import say

Sentence = tuple[str, str]
"""The field that is at fault, and what to say."""

_FAULTS: Mapping[Fault | occurrences.Fault, Sentence] = {
    Fault.STARTS_IN_THE_PAST: ("starts_at", say("The start must not be in the past.")),
    Fault.ENDS_BEFORE_IT_STARTS: ("ends_at", say("The end must be after the start.")),
    Fault.OUTSIDE_ALLOWANCE: (
        "emergency",
        say("This is outside the maintenance allowance. Choose a time within it, or mark this as an emergency."),
    ),
    occurrences.Fault.NO_START: ("starts_at", say("A maintenance that repeats needs a start.")),
    occurrences.Fault.NO_COUNT: ("repeat", say("Say how many times it happens, or the last day, and not both.")),
    occurrences.Fault.TOO_MANY: ("repeat", say("Plan at most %(most)s times and 400 days ahead.", most=MOST)),
    occurrences.Fault.RUNS_INTO_ITSELF: ("ends_at", say("It would last longer than the time until it repeats.")),
}
_ENDLESS = say("An emergency that repeats needs an end.")


def plans(schedule: Schedule, wish: Wish, now: datetime) -> list[Plan]:
    """Every occurrence that the wish means, one where it does not repeat. Problems: 422 by field."""
    zone = _zone(schedule, wish)
    found = occurrences.occurrences(wish.starts_at, wish.ends_at, wish.repeat, zone)
    if isinstance(found, occurrences.Fault):
        raise refused(found)
    if wish.repeat and wish.emergency and wish.ends_at is None:
        raise unprocessable({"ends_at": [_ENDLESS]})
    return [planned(schedule, replace(wish, starts_at=starts, ends_at=ends), now) for starts, ends in found]


def planned(schedule: Schedule, wish: Wish, now: datetime) -> Plan:
    """One occurrence by the rule of the allowance. Problems: 422 by field."""
    allowed_until = allowance_ends(schedule, affected(schedule, wish.calendars, wish.functions), wish.starts_at or now)
    verdict = judge(wish, now, allowed_until)
    if isinstance(verdict, Fault):
        raise refused(verdict)
    return verdict


def complete(schedule: Schedule, wish: Wish) -> Wish:
    """The wish with what it means spelled out: clients alone mean every calendar. Problems: 422 by field."""
    if wish.clients and not wish.calendars and not wish.functions:
        wish = replace(wish, calendars=frozenset(schedule.calendars))
    if not wish.calendars and not wish.functions:
        raise unprocessable({"calendars": [say("Choose a calendar.")]})
    calendars, functions = wish.calendars - set(schedule.calendars), wish.functions - set(schedule.functions)
    strange = {
        "calendars": [say("There is no calendar %(name)s.", name=name) for name in sorted(calendars)],
        "functions": [say("There is no function %(name)s.", name=name) for name in sorted(functions)],
    }
    if calendars or functions:
        raise unprocessable({field: sentences for field, sentences in strange.items() if sentences})
    return wish


def affected(schedule: Schedule, calendars: Iterable[str], functions: Iterable[str]) -> list[str]:
    """The calendars whose answers it may change: those it closes, and those of the functions it closes."""
    used = {schedule.functions[name] for name in functions if name in schedule.functions}
    return sorted(used.union(calendars))


def refused(fault: Fault | occurrences.Fault) -> Problem:
    """A fault as the 422 Problem with its sentence at the field."""
    field, sentence = _FAULTS[fault]
    return unprocessable({field: [sentence]})


def _zone(schedule: Schedule, wish: Wish) -> ZoneInfo:
    """The zone in which it repeats. Calendars of several zones have no common Sunday: the first of them tells."""
    return schedule.calendars[affected(schedule, wish.calendars, wish.functions)[0]].zone
