"""The time a refusal takes says nothing about whether the name exists: many samples, real hashes, mixed order."""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from identity.demo import Someone
from tests.service.identity.world import PASSWORD, World

SAMPLES = 240  # of each kind; threat 26 asks for 200
WRONG = "not the password at all"
HASH = {"hash_memory_kib": 19456, "hash_passes": 2}
WEAKER = {"hash_memory_kib": 8, "hash_passes": 1}


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("made_with", [pytest.param(HASH, id="today"), pytest.param(WEAKER, id="weaker")])
def test_names_that_exist_and_names_that_do_not_take_the_same_time(tmp_path: Path, made_with: dict[str, int]) -> None:
    """Threat 26, A2, ASVS 6.3.8: the medians differ by less than a tenth, and neither kind tends to be the slower one.

    Each name is tried once, so no count is near its limit; both kinds take turns in a shuffled order, so whatever else
    the machine does falls on both alike. The same where the hashes were made before the parameters were raised.
    """
    world = World(tmp_path, changes=made_with)
    names = [f"person.{number:03}" for number in range(SAMPLES)]
    world.seed(*(Someone(name, PASSWORD, f"Person {name}", f"{name}@lakeside.example", active=True) for name in names))
    world.close()
    slow = World(tmp_path, changes=HASH)
    order = [*names, *(f"nobody.{number:03}" for number in range(SAMPLES))]
    random.Random(26).shuffle(order)
    took = {name: refused_in(slow, name) for name in order}
    slow.close()
    known, unknown = ([took[name] for name in took if name.startswith(kind)] for kind in ("person", "nobody"))
    assert abs(statistics.median(known) / statistics.median(unknown) - 1) < 0.10
    assert 0.4 < chance_of_being_slower(known, unknown) < 0.6


def refused_in(world: World, name: str) -> float:
    """Seconds from sending the form to its answer."""
    world.clock.advance(timedelta(seconds=61))
    visitor = world.browser(address=f"203.0.113.{len(name)}")
    visitor.open("/login")
    visitor.fill("User ID", name)
    visitor.fill("Password", WRONG)
    began = time.perf_counter()
    visitor.press("Sign in")
    took = time.perf_counter() - began
    assert visitor.answer.status_code == 403
    return took


def chance_of_being_slower(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How often one of ours took longer than one of theirs (Mann-Whitney); a half says nothing about either."""
    ranked = sorted([*((took, True) for took in ours), *((took, False) for took in theirs)])
    ranks = sum(rank for rank, (_took, mine) in enumerate(ranked, 1) if mine)
    return (ranks - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs))


def test_the_measure_tells_a_difference_from_none() -> None:
    """Against alike samples a half, against slower ones all or nothing."""
    chance = random.Random(7)
    one, other = ([chance.gauss(30, 3) for _ in range(SAMPLES)] for _ in range(2))
    assert 0.4 < chance_of_being_slower(one, other) < 0.6
    assert chance_of_being_slower([took + 2 for took in one], other) > 0.6
    assert chance_of_being_slower([1.0, 2.0], [3.0, 4.0]) == 0 and chance_of_being_slower([3.0], [1.0]) == 1
