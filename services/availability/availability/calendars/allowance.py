"""The maintenance allowance: hours in which maintenance may happen without being an emergency."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from availability.calendars.schedule import Schedule
from availability.calendars.spans import cover, weekly

_AROUND = timedelta(days=9)


def allowance_ends(schedule: Schedule, calendars: Iterable[str], instant: datetime) -> datetime | None:
    """When the allowance that holds at the instant ends for all of the calendars; None where one has none.

    A calendar that is part of another shares the allowance of that one.
    """
    ends = [_ends(schedule, name, instant) for name in calendars]
    return min((end for end in ends if end is not None), default=None) if None not in ends else None


def _ends(schedule: Schedule, name: str, instant: datetime) -> datetime | None:
    around = instant - _AROUND, instant + _AROUND
    chain = [schedule.calendars[one] for one in schedule.chain(name)]
    allowed = cover(span for one in chain for span in weekly(one.allowances, one.zone, *around))
    return next((end for start, end in allowed.spans() if start <= instant < end), None)
