"""One account in use at three places at once may be shared by several people: a flag, and no lock-out (F11)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.policies import service as policies
from identity.risk.reasons import SENTENCES
from tests.service.identity.browsers import LISBON, OFFICE, UNPLACED, at, placed, sign_in, sign_ins, sign_out
from tests.service.identity.world import PAT, World

FLAG = "several_places"
ENTERED = "/account"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity at which neither a new device nor a new place weighs anything, so that everybody is let in."""
    made = placed(tmp_path)
    made.seed(PAT)
    with made.context.transaction() as work:
        quiet = dict.fromkeys(("new_device", "new_network", "new_country", "far_travel"), 0)
        weights = {**policies.current(work.session).risk_weights, **quiet}
        policies.set_policy(work, "risk_weights", weights, "Places are not judged in this trial.")
    yield made
    made.close()


def flagged(world: World) -> list[bool]:
    """Of each sign-in, the oldest first, whether it was flagged."""
    return [FLAG in str(row.reasons) for row in sign_ins(world)]


def test_the_third_place_at_once_raises_the_flag(world: World) -> None:
    """F11: told as an event, to the auditor, and to the person on their page; nobody is cut off."""
    first, second, third = (sign_in(at(world, place), PAT) for place in (OFFICE, LISBON, UNPLACED))
    assert flagged(world) == [False, False, True]
    (event,) = world.published("risk.detected")
    assert (event.data["verdict"], FLAG in str(event.data["reasons"])) == ("allow", True)
    with world.context.reading() as session:
        judged = session.execute(text("SELECT after FROM audit_entries WHERE action = 'sign_in.judged'")).scalars()
        assert FLAG in str(list(judged)[-1])
    for visitor in (first, second, third):
        visitor.open(ENTERED)
        assert "/login" not in visitor.address
    third.open("/account/activity")
    assert SENTENCES[FLAG] in third.text


def test_three_browsers_at_one_place_are_an_office(world: World) -> None:
    """A practice has many computers behind one network."""
    for _ in range(4):
        sign_in(at(world, OFFICE), PAT)
    assert flagged(world) == [False] * 4
    assert world.published("risk.detected") == []


def test_one_place_after_the_other_is_a_journey(world: World) -> None:
    """Whoever signed out, or whose sign-in has ended, is not there any more."""
    for place in (OFFICE, LISBON, UNPLACED):
        sign_out(sign_in(at(world, place), PAT))
    for place in (OFFICE, LISBON):
        sign_in(at(world, place), PAT)
    world.clock.advance(timedelta(days=2))
    sign_in(at(world, UNPLACED), PAT)
    assert not any(flagged(world))


def test_the_operator_may_have_the_third_place_verified(world: World) -> None:
    """The sign has a weight like every other."""
    with world.context.transaction() as work:
        weights = {**policies.current(work.session).risk_weights, FLAG: 60}
        policies.set_policy(work, "risk_weights", weights, "Shared accounts are a problem of ours.")
    visitors = [sign_in(at(world, place), PAT) for place in (OFFICE, LISBON, UNPLACED)]
    assert visitors[-1].address.endswith("/login/verify")
    assert SENTENCES[FLAG] in visitors[-1].text
