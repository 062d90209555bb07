"""The desk's clock: business days in America/New_York without weekends and US federal holidays.

Pure: the submission instant is passed in. The day after the submission is the first that can
count; the promise ends at the close of business (5:00 p.m. local) of the n-th counted day.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

NEW_YORK = ZoneInfo("America/New_York")
START_OF_BUSINESS = time(8, 0)
CLOSE_OF_BUSINESS = time(17, 0)
VETTING_DAYS = 10
_WEEKEND = (5, 6)


@lru_cache(maxsize=64)
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def is_business_day(day: date) -> bool:
    """Whether the desk works on that local day; observed holidays (a Friday or Monday) count as holidays."""
    return day.weekday() not in _WEEKEND and day not in _federal_holidays(day.year)


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`; `day` itself never counts."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def due_at(submitted: datetime, count: int = VETTING_DAYS) -> datetime:
    """When a request submitted at that instant is due, in UTC."""
    local_day = submitted.astimezone(NEW_YORK).date()
    last_day = add_business_days(local_day, count)
    return datetime.combine(last_day, CLOSE_OF_BUSINESS, NEW_YORK).astimezone(UTC)


def business_days_left(now: datetime, due: datetime) -> int:
    """How many business days remain after today until the due day; negative once it has passed."""
    today, last = now.astimezone(NEW_YORK).date(), due.astimezone(NEW_YORK).date()
    if today <= last:
        return sum(is_business_day(today + timedelta(days=n)) for n in range(1, (last - today).days + 1))
    return -sum(is_business_day(last + timedelta(days=n)) for n in range(1, (today - last).days + 1))


def is_open(instant: datetime) -> bool:
    """Whether the desk works at that instant: a business day, 8:00 a.m. to 5:00 p.m. local, the end included."""
    local = instant.astimezone(NEW_YORK)
    return is_business_day(local.date()) and START_OF_BUSINESS <= local.time() <= CLOSE_OF_BUSINESS


def when_open(instant: datetime) -> datetime:
    """The instant itself while the desk works, else when it opens next; in UTC."""
    local = instant.astimezone(NEW_YORK)
    if is_open(instant):
        return instant.astimezone(UTC)
    today = is_business_day(local.date()) and local.time() < START_OF_BUSINESS
    day = local.date() if today else add_business_days(local.date(), 1)
    return datetime.combine(day, START_OF_BUSINESS, NEW_YORK).astimezone(UTC)


def next_day_at(instant: datetime, at: time) -> datetime:
    """A local time on the next business day after that instant's local day, in UTC."""
    day = add_business_days(instant.astimezone(NEW_YORK).date(), 1)
    return datetime.combine(day, at, NEW_YORK).astimezone(UTC)
