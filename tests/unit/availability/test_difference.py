"""J9: the difference of two schedules, against a comparison of every minute; and the hours as people write them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability.calendars import lines
from availability.calendars.compiled import Timetable
from availability.calendars.difference import difference
from availability.calendars.schedule import Calendar, Schedule, Window

ZONE = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
LOW = datetime(2026, 10, 31, tzinfo=UTC)  # the day before the clocks go back
HIGH = LOW + timedelta(days=3)
NAMES = ("one", "two", "three")

quarters = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
days = st.frozensets(st.integers(0, 6), min_size=1)
windows = st.lists(st.builds(Window, days, quarters, quarters), max_size=3).map(tuple)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Two calendars with hours, and three functions on them, one of which may be missing."""
    calendars = {name: Calendar(name, {"en": name}, ZONE, draw(st.booleans()), draw(windows)) for name in ("a", "b")}
    functions = {name: draw(st.sampled_from(("a", "b"))) for name in NAMES if name != "three" or draw(st.booleans())}
    return Schedule(1, calendars, functions)


def by_minute(before: Timetable, after: Timetable, name: str) -> set[tuple[datetime, bool]]:
    """Every minute in which a function stands otherwise, and how it stands then."""
    found = set()
    minute = LOW
    while minute < HIGH:
        will = after.function(name, minute).open
        if before.function(name, minute).open != will:
            found.add((minute, will))
        minute += MINUTE
    return found


@settings(max_examples=8, deadline=None)
@given(schedules(), schedules())
def test_every_minute_that_flips_and_no_other(old: Schedule, new: Schedule) -> None:
    """Over a change of the clocks: the stretches cover exactly the minutes that differ, and count them once."""
    before, after = Timetable(old), Timetable(new)
    flips = difference(before, after, LOW, HIGH)
    for name in set(old.functions) & set(new.functions):
        mine = [flip for flip in flips if name in flip.functions]
        covered = {
            (flip.starts + number * MINUTE, flip.open)
            for flip in mine
            for number in range(int((flip.ends - flip.starts) / MINUTE))
        }
        assert covered == by_minute(before, after, name), name
        assert sum(flip.function_minutes // len(flip.functions) for flip in mine) == len(covered)


@settings(max_examples=20, deadline=None)
@given(schedules(), schedules())
def test_the_way_back_is_the_same_way(old: Schedule, new: Schedule) -> None:
    """What publishing opens, going back closes; a schedule does not differ from itself."""
    before, after = Timetable(old), Timetable(new)
    there, back = difference(before, after, LOW, HIGH), difference(after, before, LOW, HIGH)
    assert {(one.functions, one.starts, one.ends, one.open) for one in there} == {
        (one.functions, one.starts, one.ends, not one.open) for one in back
    }
    assert difference(before, before, LOW, HIGH) == []


@settings(max_examples=20, deadline=None)
@given(schedules(), schedules())
def test_stretches_are_whole_and_in_order(old: Schedule, new: Schedule) -> None:
    """Two stretches of the same functions never touch where they say the same: they would be one."""
    flips = difference(Timetable(old), Timetable(new), LOW, HIGH)
    assert [flip.starts for flip in flips] == sorted(flip.starts for flip in flips)
    for flip in flips:
        assert LOW <= flip.starts < flip.ends <= HIGH
        assert not [
            one
            for one in flips
            if one.functions == flip.functions and one.starts == flip.ends and one.open == flip.open
        ]


def test_who_only_one_of_the_two_knows_has_nothing_to_compare() -> None:
    """A new function and a forgotten one are told by name, not by minutes."""
    open_all_day = {"a": Calendar("a", {"en": "a"}, ZONE, True)}
    old, new = Schedule(1, open_all_day, {"gone": "a"}), Schedule(2, open_all_day, {"fresh": "a"})
    assert difference(Timetable(old), Timetable(new), LOW, HIGH) == []


@given(windows)
def test_what_is_written_is_read_again(some: tuple[Window, ...]) -> None:
    """The form shows the hours and takes them back unchanged."""
    assert lines.read(lines.write(some)) == some


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lunes a viernes 9:00 a 17:30", [({0, 1, 2, 3, 4}, "09:00", "17:30")]),
        ("sáb, dom 10:00-14:00", [({5, 6}, "10:00", "14:00")]),
        ("mar 08:00-12:00", [({1}, "08:00", "12:00")]),
        ("Fri-Mon 22:00 – 24:00", [({4, 5, 6, 0}, "22:00", "00:00")]),
        ("Mon 05:00-03:00\n\n  Sun: 05:00-21:00  ", [({0}, "05:00", "03:00"), ({6}, "05:00", "21:00")]),
    ],
)
def test_people_write_hours_in_their_own_way(text: str, expected: list[tuple[set[int], str, str]]) -> None:
    """In either language, whole or shortened, over the end of the week."""
    found = [(set(one.days), f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in lines.read(text)]
    assert found == expected


@pytest.mark.parametrize("text", ["always", "Mon 5-7", "Mon 25:00-26:00", "Xyz 05:00-06:00", "Mon-Tue-Wed 05:00-06:00"])
def test_a_line_that_cannot_be_read_is_shown_as_it_was_typed(text: str) -> None:
    """So that its author finds it."""
    with pytest.raises(lines.NotHours) as refused:
        lines.read(f"Sun 05:00-06:00\n{text}")
    assert refused.value.line == text
