"""Hours in the reader's words."""

from datetime import date, datetime, time, tzinfo

from babel.dates import format_date, get_day_names

from availability.calendars.schedule import DAYS, Calendar, Window, Words
from availability.status.week import DayRow, Hours
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language
from shared.web.shell.moments import wall_time

EASTERN = "America/New_York"
_DAY = {"en": "EEEE, MMM d", "es": "EEEE d MMM"}


def in_language(words: Words) -> str:
    """One of the operator's texts: in the reader's language, else in English, else whatever there is."""
    return words.get(language()) or words.get("en") or next(iter(words.values()), "")


def title(calendar: Calendar) -> str:
    """The calendar's name."""
    return in_language(calendar.title)


def zone_name(calendar: Calendar) -> str:
    """The time zone as people call it."""
    return _("Eastern time") if calendar.zone.key == EASTERN else calendar.zone.key.replace("_", " ")


def day_name(day: date) -> str:
    """ "Monday, Nov 23"."""
    spoken = language()
    return format_date(day, _DAY.get(spoken, _DAY["en"]), locale=spoken)


def weekly(moment: str) -> str:
    """ "Monday, 5:00 a.m." out of what programs read as "monday 05:00"; a date with a time stays as it is."""
    day, _space, clock = moment.partition(" ")
    if day not in DAYS:
        return moment
    name, spoken = get_day_names("wide", locale=language())[DAYS.index(day)], time.fromisoformat(clock)
    return f"{name}, {wall_time(spoken, language())}"


def hours_of(row: DayRow, zone: tzinfo) -> str:
    """The open hours of a day: "until 3:00 a.m.; from 5:00 a.m."."""
    return "; ".join(_hours(one, zone, row.ordinary) for one in row.hours) or _("closed all day")


def _hours(hours: Hours, zone: tzinfo, ordinary: bool) -> str:
    opens, closes = (_clock(one, zone, ordinary) if one else None for one in (hours.opens, hours.closes))
    if opens and closes:
        return _("%(opens)s to %(closes)s", opens=opens, closes=closes)
    if opens:
        return _("from %(time)s", time=opens)
    return _("until %(time)s", time=closes) if closes else _("open all day")


def _clock(instant: datetime, zone: tzinfo, ordinary: bool) -> str:
    """On the days the clocks change, a time also says which of the two it is."""
    shown = instant.astimezone(zone)
    return wall_time(shown.time(), language()) + ("" if ordinary else f" {shown.tzname()}")


def window(one: Window) -> str:
    """ "Monday to Saturday: 5:00 a.m. to 3:00 a.m. the next day"."""
    opens, closes = (wall_time(wall, language()) for wall in (one.opens, one.closes))
    values = {"days": _days(sorted(one.days)), "opens": opens, "closes": closes}
    if one.overnight:
        return _("%(days)s: %(opens)s to %(closes)s the next day", **values)
    return _("%(days)s: %(opens)s to %(closes)s", **values)


def _days(days: list[int]) -> str:
    names = get_day_names("wide", locale=language())
    first, last = days[0], days[-1]
    if len(days) > 2 and last - first == len(days) - 1:
        return _("%(first)s to %(last)s", first=names[first], last=names[last])
    return ", ".join(names[day] for day in days)
