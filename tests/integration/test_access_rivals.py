"""The state machine's acts by many at once, on real PostgreSQL: whoever wins, the hard rules hold and nothing breaks.

Each rival tries acts of its own, one after the other, as people of every role and as a program; none waits for another.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.access_manager.test_access_machine import (
    ANSWERS,
    BILL,
    BO,
    COMPANY,
    EVERYBODY,
    PLACES,
    SOME,
    WIL,
    insist_hard_rules,
    insist_searches_agree,
    peopled,
    rows,
)
from tests.service.access_manager.world import CLINIC, MEG, World

RIVALS, ACTS = 6, 40
BOSSES = {CLINIC: MEG, COMPANY: BILL}


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on PostgreSQL, with a connection that the company may send people through."""
    made = peopled(World(tmp_path, postgres("access")))
    yield made
    made.close()


class Rival:
    """Somebody who tries things; `seen` counts what was answered to what."""

    def __init__(self, world: World, seed: int, link: str) -> None:
        self._world, self._chance, self._link = world, random.Random(seed), link
        self._ids = {(place, one.account_id): one.id for place in PLACES for one in rows(world, place)}
        self._later = (world.clock.now() + timedelta(days=3)).isoformat().replace("+00:00", "Z")
        self.seen: Counter[tuple[str, int]] = Counter()

    def act(self) -> None:
        """Try one thing after the other."""
        rare = (self._remove, self._propose, self._deputy, self._cut)
        for _ in range(ACTS):
            method, place, path, body = self._chance.choice((*rare, *(self._set, self._seat, self._send) * 2))()
            actor = self._chance.choice((None, None, BOSSES.get(place, BO), self._chance.choice(EVERYBODY)))
            url = f"/api/access/v1/organizations/{place}/{path}"
            answer = self._world.api(subject=actor).request(method, url, json=body, headers={"If-Match": "*"})
            assert answer.status_code in ANSWERS, (method, path, answer.text)
            self.seen[path.split("/")[0], answer.status_code] += 1

    def _some(self) -> list[str]:
        return self._chance.sample(SOME, self._chance.randint(1, 3))

    def _member(self) -> tuple[str, str]:
        place = self._chance.choice(PLACES)
        return place, self._ids.get((place, self._chance.choice(EVERYBODY)), "mem_none")

    def _set(self) -> tuple[str, str, str, Any]:
        place, one = self._member()
        return "PUT", place, f"members/{one}", {"functions": self._some()}

    def _remove(self) -> tuple[str, str, str, Any]:
        place, one = self._member()
        return "POST", place, f"members/{one}/removal", {"reason": "left"}

    def _seat(self) -> tuple[str, str, str, Any]:
        place, one = self._member()
        return self._chance.choice(("PUT", "PUT", "DELETE")), place, f"managers/{one}", None

    def _propose(self) -> tuple[str, str, str, Any]:
        place, one = self._member()
        return "POST", place, "proposals", {"kind": self._chance.choice(("seat", "hand_over")), "membership_id": one}

    def _deputy(self) -> tuple[str, str, str, Any]:
        body = {"membership_id": self._member()[1], "scopes": ["people"], "ends_at": self._later}
        return "POST", CLINIC, "deputies", body | {"manager_account_id": MEG}

    def _send(self) -> tuple[str, str, str, Any]:
        one = self._ids[COMPANY, self._chance.choice((BILL, WIL))]
        return "PUT", COMPANY, f"partners/{self._link}/staff/{one}", {"functions": [self._chance.choice(SOME[:3])]}

    def _cut(self) -> tuple[str, str, str, Any]:
        return "PUT", CLINIC, f"partners/{self._link}", {"functions": list(SOME[:3]), "ends_at": None}


def connected(world: World) -> str:
    """The clinic lets the company work for it; return the connection."""
    api = world.api()
    code = api.post(f"/api/access/v1/organizations/{COMPANY}/connect-code").json()["connect_code"]
    body = {"side": "provider", "connect_code": code, "functions": list(SOME[:3])}
    link = str(api.post(f"/api/access/v1/organizations/{CLINIC}/partners", json=body).json()["link_id"])
    accepted = api.post(f"/api/access/v1/organizations/{COMPANY}/partners/{link}/decision", json={"outcome": "accept"})
    assert accepted.is_success, accepted.text
    return link


@pytest.mark.parametrize("seed", range(3))
def test_whatever_rivals_do_the_hard_rules_hold(world: World, seed: int) -> None:
    """G1, G5, G12, L5: managers stay 1 to 15, nobody holds too much, and searches say what evaluations say."""
    link = connected(world)
    rivals = [Rival(world, 100 * seed + number, link) for number in range(RIVALS)]
    with ThreadPoolExecutor(RIVALS) as pool:
        for done in [pool.submit(one.act) for one in rivals]:
            done.result()
    insist_hard_rules(world)
    insist_searches_agree(world)
    seen = sum((one.seen for one in rivals), Counter())
    done = {room for room, status in seen if status < 300}
    assert done >= {"members", "managers", "partners"} and seen["members", 404], seen
