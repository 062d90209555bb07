"""J2: what is compiled for a function, a client or somebody on an allow-list, against an answer read off one by one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability.calendars.compiled import Timetable
from availability.calendars.document import default_document, parse
from availability.calendars.schedule import Outage, Schedule

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning at the payer's
HOUR = timedelta(hours=1)
FUNCTIONS = ("claims.submit", "edi.exchange", "precert.submit", "precert.view")
CLIENTS = (None, "east", "west", "nobody-knows")
KINDS = ("staff", "probes")
PARENT = {"precertification": ("precertification", "website")}


def schedule(outages: Iterable[Outage]) -> Schedule:
    """The default one, with maintenance."""
    return replace(parse(default_document(), 1), outages=tuple(outages))


def some(*names: str) -> st.SearchStrategy[frozenset[str]]:
    """Some of the names, often none."""
    return st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from(names), max_size=2))


@st.composite
def maintenances(draw: st.DrawFn) -> tuple[Outage, ...]:
    """Up to four, in the hours around Monday noon."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        starts = MONDAY + HOUR * draw(st.integers(-6, 6))
        ends = starts + HOUR * draw(st.integers(1, 6)) if draw(st.booleans()) else None
        calendars, functions = draw(some("website", "edi", "precertification")), draw(some(*FUNCTIONS))
        narrower = {
            "functions": functions,
            "clients": draw(some("east", "west")),
            "allowed": draw(some(*KINDS)),
            "allowed_clients": draw(some("east", "west")),
        }
        if calendars or functions:
            found.append(Outage(f"mnt_{number}", calendars, starts, ends, {}, **narrower))
    return tuple(found)


def closes(one: Outage, name: str, client: str | None, kinds: frozenset[str], known: Schedule, at: datetime) -> bool:
    """Whether a maintenance closes a function to somebody, said as plainly as the guide says it."""
    if at < one.starts or (one.ends is not None and at >= one.ends):
        return False
    calendar = known.functions[name]
    if name not in one.functions and not set(PARENT.get(calendar, (calendar,))) & one.calendars:
        return False
    if one.clients and client not in one.clients:
        return False
    return client not in one.allowed_clients and not kinds & one.allowed


@settings(max_examples=20, deadline=None)
@given(maintenances(), st.sampled_from(CLIENTS), st.frozensets(st.sampled_from(KINDS)))
def test_every_hour_for_everybody(outages: tuple[Outage, ...], client: str | None, kinds: frozenset[str]) -> None:
    """Open or closed, which maintenance, and that nothing changes before the instant the answer names."""
    known = schedule(outages)
    timetable = Timetable(known)
    for name in FUNCTIONS:
        promised = None
        for step in range(-16, 28):
            at = MONDAY + step * HOUR / 2
            verdict = timetable.function(name, at, client, kinds)
            closing = {one.id for one in outages if closes(one, name, client, kinds, known, at)}
            assert (verdict.outage in closing) if closing else verdict.outage is None, (name, at)
            if promised is not None and at < promised[0]:
                assert verdict.outage == promised[1], (name, at)
            promised = (verdict.valid_until(at), verdict.outage)


@settings(max_examples=10, deadline=None)
@given(maintenances())
def test_who_is_on_no_list_is_anybody(outages: tuple[Outage, ...]) -> None:
    """A client that nobody named gets the answer of everybody, from the same line."""
    timetable = Timetable(schedule(outages))
    for name in FUNCTIONS:
        assert timetable.function(name, MONDAY, "nobody-knows") == timetable.function(name, MONDAY)
        assert timetable.asker(name, "nobody-knows") == timetable.asker(name)


@settings(max_examples=10, deadline=None)
@given(maintenances(), st.frozensets(st.sampled_from(KINDS)))
def test_to_be_on_a_list_never_closes(outages: tuple[Outage, ...], kinds: frozenset[str]) -> None:
    """Proving more opens more: whatever is open to a stranger is open to staff and probes."""
    timetable = Timetable(schedule(outages))
    for name in FUNCTIONS:
        if timetable.function(name, MONDAY).open:
            assert timetable.function(name, MONDAY, None, kinds).open


def test_lines_of_their_own_are_for_what_is_named() -> None:
    """Where maintenance closes calendars for all, nobody needs a line of their own; else those that are named."""
    plain = Timetable(schedule([Outage("mnt_1", frozenset({"website"}), MONDAY, None)]))
    assert plain.asker("claims.submit", "east", frozenset({"staff"})) is None
    named = Outage("mnt_1", frozenset(), MONDAY, None, {}, frozenset({"claims.submit"}), frozenset({"east"}))
    narrow = Timetable(schedule([named]))
    assert narrow.asker("claims.status.view") is None
    assert narrow.asker("claims.status.view", "east") is not None
    assert narrow.asker("claims.submit", "west") == narrow.asker("claims.submit")


def test_the_end_of_one_maintenance_is_not_the_end_of_all() -> None:
    """`next_open` looks past maintenance that overlaps, and past the night."""
    first = Outage("mnt_1", frozenset({"website"}), MONDAY, MONDAY + 2 * HOUR)
    second = Outage("mnt_2", frozenset(), MONDAY + HOUR, MONDAY + 3 * HOUR, {}, frozenset({"precert.submit"}))
    timetable = Timetable(schedule([first, second]))
    assert timetable.function("precert.submit", MONDAY).next_open == MONDAY + 3 * HOUR
    assert timetable.function("precert.view", MONDAY).next_open == MONDAY + 2 * HOUR
    late = Outage("mnt_3", frozenset(), MONDAY, MONDAY + 18 * HOUR, {}, frozenset({"precert.submit"}))
    overnight = Timetable(schedule([late])).function("precert.submit", MONDAY)
    assert overnight.next_open == datetime(2026, 11, 24, 10, tzinfo=UTC)  # 04:00 Eastern is within the nightly gap


@pytest.mark.parametrize("kinds", [frozenset[str](), frozenset({"staff"}), frozenset({"staff", "probes"})])
def test_opening_hours_are_for_everybody(kinds: frozenset[str]) -> None:
    """At three in the morning precertification is closed, whoever asks and whatever they may pass."""
    outage = Outage("mnt_1", frozenset({"website"}), MONDAY, None, {}, allowed=frozenset({"staff", "probes"}))
    night = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    verdict = Timetable(schedule([outage])).function("precert.submit", night, None, kinds)
    assert not verdict.open
    assert verdict.outage == (None if kinds else "mnt_1")
