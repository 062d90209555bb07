"""J2, J3: what a wish for maintenance means, and the sentence at the field where it cannot be meant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from availability.calendars.document import default_document, parse
from availability.maintenance.planning import affected, complete, planned, plans
from availability.maintenance.states import Repeat, State, Wish
from shared.errors import Problem

SCHEDULE = parse(default_document(), 1)
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 7, tzinfo=UTC)  # 02:00 at the payer's, within the allowance
HOUR = timedelta(hours=1)


def wish(*calendars: str, **changes: Any) -> Wish:
    """A wish of a Sunday morning."""
    values = {"calendars": frozenset(calendars), "reason": "A release", "starts_at": SUNDAY, "ends_at": SUNDAY + HOUR}
    return Wish(**{**values, **changes})


def refused(made: Wish) -> dict[str, list[str]]:
    """The sentences by field."""
    with pytest.raises(Problem) as found:
        plans(SCHEDULE, complete(SCHEDULE, made), MONDAY)
    assert found.value.status == 422
    return dict(found.value.members["errors"])  # type: ignore[call-overload]


def test_clients_alone_mean_every_calendar() -> None:
    """What is spelled out is what the event and the pages say."""
    made = complete(SCHEDULE, wish(clients=frozenset({"portal-east"})))
    assert made.calendars == frozenset({"website", "edi", "precertification"})
    beside = complete(SCHEDULE, wish(functions=frozenset({"edi.exchange"}), clients=frozenset({"portal-east"})))
    assert beside.calendars == frozenset()


def test_a_function_is_affected_through_its_calendar() -> None:
    """Named once, in order; a function that the schedule has forgotten affects nothing."""
    assert affected(SCHEDULE, ["website"], ["precert.submit", "precert.view"]) == ["precertification", "website"]
    assert affected(SCHEDULE, [], ["gone.long-ago"]) == []


def test_one_occurrence_for_one_wish() -> None:
    """Now is in effect, later is scheduled."""
    [later] = plans(SCHEDULE, wish("website"), MONDAY)
    assert (later.state, later.starts_at, later.ends_at) == (State.SCHEDULED, SUNDAY, SUNDAY + HOUR)
    [now] = plans(SCHEDULE, wish("website", starts_at=None, ends_at=None, emergency=True), MONDAY)
    assert (now.state, now.starts_at, now.ends_at) == (State.IN_EFFECT, MONDAY, None)


def test_every_occurrence_is_judged_by_its_own_allowance() -> None:
    """Five Sundays are fine; Sunday and Monday are not, and then nothing is planned."""
    found = plans(SCHEDULE, wish("website", repeat=Repeat(7, 5)), MONDAY)
    assert [one.starts_at for one in found] == [SUNDAY + timedelta(days=7 * number) for number in range(5)]
    assert "emergency" in refused(wish("website", repeat=Repeat(1, 2)))
    assert len(plans(SCHEDULE, wish("website", repeat=Repeat(1, 2), emergency=True), MONDAY)) == 2


def test_calendars_without_a_common_allowance_need_an_emergency() -> None:
    """A calendar shares the allowance of the one it is part of; one that has none at all has no Sunday."""
    document = default_document()
    document["calendars"].append({"id": "night", "title": {"en": "Night"}, "zone": "America/New_York", "always": True})
    document["functions"]["night.shift"] = "night"
    known = parse(document, 2)
    assert planned(known, wish("precertification", "edi"), MONDAY).state is State.SCHEDULED
    with pytest.raises(Problem):
        planned(known, wish("website", "night"), MONDAY)
    with pytest.raises(Problem):
        planned(known, wish(functions=frozenset({"night.shift", "claims.submit"})), MONDAY)


@pytest.mark.parametrize(
    ("made", "field", "words"),
    [
        (wish(), "calendars", "Choose a calendar"),
        (wish("portal"), "calendars", "There is no calendar portal"),
        (wish("website", functions=frozenset({"claims"})), "functions", "There is no function claims"),
        (wish("website", starts_at=MONDAY - HOUR), "starts_at", "must not be in the past"),
        (wish("website", ends_at=SUNDAY), "ends_at", "must be after the start"),
        (wish("website", starts_at=MONDAY + HOUR, ends_at=None), "emergency", "outside the maintenance allowance"),
        (wish("website", ends_at=SUNDAY + 9 * HOUR), "emergency", "outside the maintenance allowance"),
        (wish("website", repeat=Repeat(7)), "repeat", "how many times"),
        (wish("website", repeat=Repeat(7, 2, date(2027, 1, 1))), "repeat", "not both"),
        (wish("website", repeat=Repeat(7, 200)), "repeat", "at most 60 times"),
        (wish("website", starts_at=None, repeat=Repeat(7, 2)), "starts_at", "needs a start"),
        (wish("website", ends_at=SUNDAY + 25 * HOUR, repeat=Repeat(1, 2)), "ends_at", "longer than the time"),
        (wish("website", ends_at=None, emergency=True, repeat=Repeat(7, 2)), "ends_at", "needs an end"),
    ],
)
def test_each_fault_has_its_field_and_its_sentence(made: Wish, field: str, words: str) -> None:
    """One thing to mend, said where it is."""
    found = refused(made)
    assert list(found) == [field]
    assert words in found[field][0]


def test_all_strange_names_are_told_at_once() -> None:
    """Nobody mends one and is told the next."""
    found = refused(wish("portal", "websight", functions=frozenset({"claims"})))
    assert (len(found["calendars"]), len(found["functions"])) == (2, 1)
