"""The rules of access reviews: when one may be due, who may certify whom, and what ends when nobody confirms. Pure.

The due date is written on each function of the frozen population as that function's own end. Decisions compare it like
every other end, so what nobody confirms is denied at that instant, whether a job runs or not.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from access_manager.functions.catalogue import in_order
from access_manager.rules.refusals import Refusal

EASTERN = ZoneInfo("America/New_York")
SHORTEST, USUAL, LONGEST = timedelta(days=3), timedelta(days=14), timedelta(days=90)
_DAYS_BEFORE = 2
_WEEKEND = (5, 6)
_QUARTER = 3


def may_be_due(due_at: datetime, now: datetime) -> Refusal | None:
    """Allow a due date of three days to ninety from now: time to look, and an end to it."""
    return None if now + SHORTEST <= due_at <= now + LONGEST else Refusal.REVIEW_DUE


def may_certify(reviewer: str, member: str, on_behalf_of: str | None = None) -> Refusal | None:
    """Allow a decision about others: nobody certifies their own access, nor that of whom they act for."""
    return Refusal.SELF_REVIEW if member in {reviewer, on_behalf_of} else None


def may_decide_until(due_at: datetime, *, open: bool, now: datetime) -> Refusal | None:
    """Allow a decision in an open review before its due instant; from then on access has ended."""
    return None if open and now < due_at else Refusal.REVIEW_OVER


def with_due(functions: Collection[str], ends: Mapping[str, str], due_at: datetime) -> dict[str, str]:
    """Return the ends of a membership whose functions all end at `due_at`, or earlier where they did before."""
    due = due_at.isoformat().replace("+00:00", "Z")
    ending = {each: due for each in functions if each not in ends or _instant(ends[each]) > due_at}
    return {**ends, **ending}


def without_due(ends: Mapping[str, str], before: Mapping[str, str], due_at: datetime) -> dict[str, str]:
    """Return the ends with what `with_due` wrote taken back: a function ends again when it did `before`, or not."""
    due = {each for each, end in ends.items() if _instant(end) == due_at}
    return {each: end for each, end in ends.items() if each not in due} | {
        each: end for each, end in before.items() if each in due
    }


def still_running(functions: Collection[str], ends: Mapping[str, str], now: datetime) -> list[str]:
    """Return the functions that have not ended, in the order of the catalogue."""
    return list(in_order(each for each in functions if each not in ends or _instant(ends[each]) > now))


def reminders(opened_at: datetime, due_at: datetime) -> list[datetime]:
    """When managers are written to again: half-way, and two business days (Eastern, US holidays) before the end."""
    half_way, before = opened_at + (due_at - opened_at) / 2, due_at
    for _ in range(_DAYS_BEFORE):
        before -= timedelta(days=1)
        while not _is_business_day(before.astimezone(EASTERN).date()):
            before -= timedelta(days=1)
    return sorted(each for each in {half_way, before} if opened_at < each < due_at)


def next_quarter(opened_at: datetime) -> datetime:
    """Return the same local time three months later; on the month's last day where it has no such day."""
    local = opened_at.astimezone(EASTERN)
    year, month = divmod(local.year * 12 + local.month - 1 + _QUARTER, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last)).astimezone(opened_at.tzinfo)


def differences(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the functions that came since the freeze, and those that went."""
    came, went = set(after) - set(before), set(before) - set(after)
    return list(in_order(came)), list(in_order(went))


def _is_business_day(day: date) -> bool:
    return day.weekday() not in _WEEKEND and day not in _federal_holidays(day.year)


@lru_cache(maxsize=16)
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
