"""End dates as people mean them: access ends when that day ends, in Eastern time. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def end_of(day: date) -> datetime:
    """Return the instant the day is over: midnight at the start of the next one."""
    return datetime.combine(day + timedelta(days=1), time(), EASTERN).astimezone(UTC)


def last_day(ends_at: datetime | None) -> date | None:
    """Return the last day on which access that ends at this instant still holds; the reverse of `end_of`."""
    return (ends_at.astimezone(EASTERN) - timedelta(microseconds=1)).date() if ends_at else None
