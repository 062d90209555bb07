"""News of managers who stay away: the case ends by itself, and stands as the newest news say, in any order (G11)."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registration.vetting.dormant import service as dormant
from registration.vetting.dormant.service import Sleeper
from shared.events.event import Event
from tests.service.registration.away import (
    ANSWERED,
    MEG,
    at_case,
    came_back,
    dana,
    dark,
    managed_by,
    states,
    stays_away,
)
from tests.service.registration.desk_room import PERSON, DeskAgent, slug
from tests.service.registration.house import House
from tests.service.registration.news import managed, managers_are

__all__ = ["dana", "dark"]


class TestItEndsByItself:
    """Somebody is there again."""

    def test_the_manager_signs_in_again(self, house: House, dark: str, dana: DeskAgent) -> None:
        """The case is over, a proposal is overtaken, the queue is empty, the page says how it ended."""
        dana.propose(dark, person=PERSON)
        came_back(house)
        assert states(house) == ["returned"]
        assert dana.case(dark)["proposals"][0]["state"] == "overtaken"
        assert dana.listed() == []
        assert "The access manager signed in again" in at_case(house, dark).text
        assert slug(dana.act(dark, "calls", ANSWERED)) == (409, "already-decided")

    def test_another_manager_is_there(self, house: House, dark: str) -> None:
        """Whoever made them one."""
        managed_by(house, 5, MEG, "acc_max")
        assert states(house) == ["replaced"]
        assert "The organization has another access manager" in at_case(house, dark).text

    def test_nobody_at_all_is_no_other_manager(self, house: House, dark: str) -> None:
        """The dormant account was closed: the desk still has to find somebody."""
        managed_by(house, 5)
        assert states(house) == ["open"]

    def test_a_desk_that_decided_first_is_not_overruled(self, house: House, dark: str, dana: DeskAgent) -> None:
        """News that come after the closing change nothing."""
        dana.act(dark, "calls", ANSWERED)
        dana.act(dark, "answered")
        came_back(house)
        managed_by(house, 6, MEG, "acc_max")
        assert states(house) == ["answered"]


class TestNewsInAnyOrder:
    """Exactly once, and order-proof (threat: a broker repeats and reorders)."""

    def test_one_case_however_often_it_is_told(self, house: House, dark: str) -> None:
        """The same bytes again, the same news as another event, and newer news of the same silence."""
        body = stays_away(house)
        house.hear_again("access-manager", "manager.dormant", body)
        stays_away(house, 7)
        assert states(house) == ["open"]
        assert len(house.published("vetting.required")) == 1

    @pytest.mark.parametrize(
        ("told", "ended"),
        [("came_back", []), ("another", []), ("both", []), ("older", ["open"]), ("same", ["open"])],
    )
    def test_what_happened_later_arrives_first(self, house: House, told: str, ended: list[str]) -> None:
        """The sign-in, or the other manager, overtook the silence: no case. What is older, or the same, stops none."""
        managed(house, count=1)
        if told in ("came_back", "both"):
            came_back(house, 8)
        if told in ("another", "both"):
            managed_by(house, 9, "acc_max")
        if told == "older":
            managed_by(house, 6, MEG, "acc_max")
        if told == "same":
            managed_by(house, 9, MEG)
        stays_away(house, 7)
        assert states(house) == ended

    def test_a_second_manager_who_stays_away_has_a_case_of_their_own(self, house: House, dark: str) -> None:
        """Max took over and stays away too; the news of Max arrive before the news of the handing over."""
        stays_away(house, 12, "acc_max")
        assert sorted(states(house)) == ["open", "replaced"]
        managed_by(house, 10, "acc_max")
        assert sorted(states(house)) == ["open", "replaced"]
        came_back(house, 5)
        assert sorted(states(house)) == ["open", "replaced"]

    def test_silence_after_a_return_opens_a_case_again(self, house: House, dark: str) -> None:
        """A year later; the return that is told once more does not end it."""
        body = came_back(house, 5)
        stays_away(house, 6)
        house.hear_again("access-manager", "manager.returned", body)
        assert sorted(states(house)) == ["open", "returned"]

    def test_no_event_of_it_names_a_tin(self, house: House, dark: str) -> None:
        """N4: what was published carries four digits at most."""
        managers_are(house, 2, 9)
        bodies = [json.dumps(each) for each in house.published()]
        assert all("123456789" not in each and "12-3456789" not in each for each in bodies)
        assert all(Event.from_bytes(each.encode()) for each in bodies)


@dataclass(frozen=True)
class News:
    """One event of access-manager about the practice: `managers` of manager.changed; else who is away, or None."""

    sequence: int
    managers: tuple[str, ...] | None
    away: str | None


PEOPLE = st.sampled_from(["acc_a", "acc_b", "acc_c"])
HISTORIES = st.lists(
    st.one_of(
        st.builds(lambda who: (tuple(sorted(who)), None), st.frozensets(PEOPLE, max_size=3)),
        st.builds(lambda who: (None, who), PEOPLE),
        st.just((None, None)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORIES, order=st.randoms(use_true_random=False))
def test_whatever_the_order_the_newest_news_stand(house: House, history: list[Any], order: Random) -> None:
    """Any history of managers who go, come and stay away, each told once or twice, in any order: at most one case is
    open, none while somebody is there, one where the last that happened is that the only manager stays away.
    """
    organization = house.context.ids.new("org")
    news = [News(number, managers, away) for number, (managers, away) in enumerate(history, 1)]
    told = [*news, *order.sample(news, order.randint(0, len(news)))]
    order.shuffle(told)
    for each in told:
        with house.context.transaction() as work:
            if each.managers is not None:
                dormant.managers_are(work, organization, each.sequence, each.managers)
            elif each.away is not None:
                dormant.stays_away(work, organization, each.sequence, Sleeper(each.away, None, None))
            else:
                dormant.came_back(work, organization, each.sequence)
    rows = house.rows("SELECT manager_account FROM vetting_cases WHERE open_for = :it", it=organization)
    dormancy = next((each for each in reversed(news) if each.managers is None), None)
    later = [each for each in news if dormancy and each.managers and each.sequence > dormancy.sequence]
    away = dormancy.away if dormancy else None
    somebody = bool(later) and any(one != away for one in later[-1].managers or ())
    assert [row.manager_account for row in rows] in ([], [away])
    if away is None or somebody:
        assert rows == []
    if news[-1] is dormancy and away is not None:
        assert len(rows) == 1
