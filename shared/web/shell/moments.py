"""Instants in words: Eastern time, always with the zone's name, in the reader's language.

The payer's office hours are Eastern, so every time on a page and in a mail is. Pure: no request, no clock.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

EASTERN = ZoneInfo("America/New_York")
_JUST_NOW = {"en": "just now", "es": "ahora mismo"}
ZONE_NAMES = {"en": "Eastern", "es": "hora del Este"}
_DAYS = {
    "full": {"en": "EEEE, MMMM d, y", "es": "EEEE, d 'de' MMMM 'de' y"},
    "short": {"en": "MMM d, y", "es": "d MMM y"},
}
_JOINTS = {"full": {"en": "{0} at {1}", "es": "{0}, a las {1}"}, "short": {"en": "{0}, {1}", "es": "{0}, {1}"}}


def clock_time(instant: datetime, language: str = "en") -> str:
    """ "5:00 a.m. Eastern"; in Spanish "5:00 a. m., hora del Este"."""
    local = instant.astimezone(EASTERN)
    hour, half = local.hour % 12 or 12, "a" if local.hour < 12 else "p"
    if language == "es":
        return f"{hour}:{local:%M} {half}.\u00a0m., {ZONE_NAMES['es']}"
    return f"{hour}:{local:%M} {half}.m. {ZONE_NAMES['en']}"


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
    return _JOINTS[style][language].format(date_of(instant, language, style), clock_time(instant, language))


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
