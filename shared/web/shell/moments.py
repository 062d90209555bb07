"""Instants in words: Eastern time, always with the zone's name, in the reader's language.

The payer's office hours are Eastern, so every time on a page and in a mail is. Pure: no request, no clock.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

EASTERN = ZoneInfo("America/New_York")
_JUST_NOW = {"en": "just now", "es": "ahora mismo"}
ZONE_NAMES = {"en": "Eastern", "es": "hora del Este"}
_DAYS = {
    "full": {"en": "EEEE, MMMM d, y", "es": "EEEE, d 'de' MMMM 'de' y"},
    "short": {"en": "MMM d, y", "es": "d MMM y"},
}
_JOINTS = {"full": {"en": "{0} at {1}", "es": "{0}, {2} {1}"}, "short": {"en": "{0}, {1}", "es": "{0}, {1}"}}
_WALL = {"en": "{0}:{1:%M}\u00a0{2}.m.", "es": "{0}:{1:%M}\u00a0{2}.\u00a0m."}
_ZONED = {"en": "{0} {1}", "es": "{0}, {1}"}
_DAY_ENDS = {"en": "the end of {0}", "es": "el final del {0}"}
_WITHIN_DAY = {"en": "{0}", "es": "el {0}"}


def wall_time(wall: time, language: str = "en") -> str:
    """ "5:00 a.m."; in Spanish "5:00 a. m.". Its spaces do not break, so that no line begins with the "a.m."."""
    return _WALL[language].format(wall.hour % 12 or 12, wall, "a" if wall.hour < 12 else "p")


def clock_time(instant: datetime, language: str = "en") -> str:
    """ "5:00 a.m. Eastern"; in Spanish "5:00 a. m., hora del Este"."""
    return _ZONED[language].format(wall_time(instant.astimezone(EASTERN).time(), language), ZONE_NAMES[language])


def date_of(instant: datetime, language: str = "en", style: str = "full") -> str:
    """ "Monday, November 23, 2026" (full) or "Nov 23, 2026" (short), the Eastern day of the instant."""
    return format_date(instant.astimezone(EASTERN).date(), _DAYS[style][language], locale=language)


def when(instant: datetime, language: str = "en", style: str = "full") -> str:
    """The instant in words. `style`: "full" | "short" (date and time), "date" | "time" (one of them).

    Errors: `ValueError` for a naive datetime, because a time without a zone is a guess.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    if style == "date":
        return date_of(instant, language)
    if style == "time":
        return clock_time(instant, language)
    hour = instant.astimezone(EASTERN).hour % 12
    day, clock = date_of(instant, language, style), clock_time(instant, language)
    return _JOINTS[style][language].format(day, clock, "a la" if hour == 1 else "a las")


def until(instant: datetime, language: str = "en", style: str = "full") -> str:
    """What lasts until the instant, to follow "until", "by" or "hasta": the last day where the day ends with it.

    "the end of Friday, December 4, 2026" for the midnight that opens December 5, as whoever chose a last day means it;
    any other instant as `when`, in Spanish with its article. `style`: "full" | "short". Errors: as `when`.
    """
    if instant.tzinfo is None or instant.astimezone(EASTERN).time() != time():
        return _WITHIN_DAY[language].format(when(instant, language, style))
    return _DAY_ENDS[language].format(date_of(instant - timedelta(microseconds=1), language, style))


def ago(instant: datetime, now: datetime, language: str = "en") -> str:
    """ "3 hours ago", "in 2 days"; in Spanish "hace 3 horas", "dentro de 2 días"."""
    difference = _rounded(instant - now)
    if not difference:
        return _JUST_NOW[language]
    return format_timedelta(difference, add_direction=True, threshold=0.95, locale=language)


def _rounded(difference: timedelta) -> timedelta:
    return timedelta(seconds=round(difference.total_seconds()))


def rfc3339(instant: datetime) -> str:
    """The instant for machines, in UTC: "2026-11-23T10:00:00Z" (RFC 3339)."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
