"""M14: who keeps each decision up to its `valid_until`, and forgets when an event says so, is never wrong.

Ends of grants, of links, of emergencies and of sign-ins, due dates of reviews and opening hours, all at random and all
at once.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from access_manager.decisions.authzen import question
from access_manager.decisions.service import evaluate
from shared.auth import ACR_TWO_FACTORS
from tests.service.access_manager.partnership import BEN, BO, GIVEN, Partnership
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World

BASE = f"/api/access/v1/organizations/{CLINIC}"
PEOPLE = (MEG, SAM, BEN, BO)
FUNCTIONS = (*GIVEN, "precert.submit", "clinical.view")
SESSION = timedelta(hours=8)
# Closed for this many minutes of each hour, from its beginning; what is not named is always open.
CLOSED = {"precert.submit": 20, "claims.submit": 45}


class Client:
    """Keeps what the decision point said, as an app would."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[tuple[str, str], tuple[bool, datetime | None]] = {}
        self.asked = 0

    def may(self, account: str, function: str, now: datetime) -> bool:
        """From memory while the answer holds, else asked for."""
        kept = self._kept.get((account, function))
        if kept is None or (kept[1] is not None and now >= kept[1]):
            body = asked(account, function, now)
            told = self._world.api("access.evaluate").post("/access/v1/evaluation", json=body).json()
            until = told["context"]["valid_until"]
            kept = (told["decision"], datetime.fromisoformat(until) if until else None)
            assert not kept[0] or (kept[1] is not None and kept[1] <= session_ends(now))
            self._kept[account, function] = kept
            self.asked += 1
        return kept[0]

    def forget(self) -> None:
        """An event came."""
        self._kept.clear()


class Office:
    """What managers, a company and members do at random; a refusal is as good as any answer."""

    def __init__(self, both: Partnership, chance: random.Random) -> None:
        self._both, self._chance, self._world = both, chance, both.world
        self._link = both.connected()
        both.send(self._link)

    def act(self) -> None:
        """One act through the API."""
        acts: tuple[Callable[[], Any], ...] = (
            *(self._end, self._end, self._remove, self._narrow, self._send, self._connect),
            *(self._emergency, self._review, self._answer),
        )
        self._chance.choice(acts)()

    def _soon(self) -> datetime:
        return self._world.clock.now() + timedelta(minutes=self._chance.randrange(1, 600), seconds=1)

    def _some(self) -> list[str]:
        return self._chance.sample(FUNCTIONS, self._chance.randrange(1, 5))

    def _meg(self, method: str, path: str, body: Any) -> None:
        self._both.call(MEG, method, path, CLINIC, body, **{"If-Match": "*"})

    def _end(self) -> None:
        ends_at = self._soon().isoformat() if self._chance.random() < 0.7 else None
        found = self._both.members().get(SAM)
        if found is not None:
            self._meg("PUT", f"members/{found['membership_id']}", {"functions": self._some(), "ends_at": ends_at})

    def _remove(self) -> None:
        # Whom the company sends can be sent again; Sam, once removed, would have to apply and be approved.
        found = self._both.members().get(self._chance.choice((BEN, BO)))
        if found is not None and self._chance.random() < 0.1:
            self._meg("POST", f"members/{found['membership_id']}/removal", {"reason": "left"})

    def _narrow(self) -> None:
        self._both.narrow(self._link, *self._chance.sample(GIVEN, 2), ends_at=self._soon())

    def _send(self) -> None:
        self._both.send(self._link, self._chance.choice((BEN, BO)), functions=GIVEN[:2], ends_at=self._soon())

    def _connect(self) -> None:
        proposed = self._both.propose(ends_at=self._soon().isoformat())
        if proposed.is_success:
            self._link = proposed.json()["link_id"]
            self._both.answer(self._link)

    def _emergency(self) -> None:
        self._meg("PUT", "emergency-list", {"functions": ["clinical.view"], "minutes": 30})
        body = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": "The others are all away"}
        begun = self._world.api(subject=SAM).post("/api/access/v1/me/emergencies", json=body)
        used = self._world.api().get(f"{BASE}/emergencies").json()["emergencies"]
        if not begun.is_success and used:  # the one before waits for its review
            self._meg("POST", f"emergencies/{used[0]['emergency_id']}/review", {"finding": "in_order"})

    def _review(self) -> None:
        due = self._world.clock.now() + timedelta(days=self._chance.randrange(3, 6))
        self._meg("POST", "reviews", {"due_at": due.isoformat()})

    def _answer(self) -> None:
        reviews = self._world.api().get(f"{BASE}/reviews").json()["reviews"]
        for review in (each for each in reviews if each["state"] == "open"):
            items = self._world.api().get(f"{BASE}/reviews/{review['review_id']}/items").json()["items"]
            item = self._chance.choice(items)
            path = f"reviews/{review['review_id']}/items/{item['membership_id']}/decision"
            decision = "keep" if item["account_id"] == SAM else self._chance.choice(("keep", "keep", "remove"))
            self._meg("POST", path, {"decision": decision})


def hours(world: World, now: datetime) -> None:
    """Let availability say what it would say now: closed in the first minutes of each hour."""
    whole = now.replace(minute=0, second=0, microsecond=0)
    for function in FUNCTIONS:
        opens = whole + timedelta(minutes=CLOSED.get(function, 0))
        if now < opens:
            world.availability.close(function, "closed", opens)
        else:
            world.availability.open(function, until=whole + timedelta(hours=1) if function in CLOSED else None)


def live(world: World, steps: int, act_every: int, seed: int) -> Client:
    """Let the clock run in random steps beside a client and an office, which acts in one of `act_every`."""
    chance = random.Random(seed)
    office, client = Office(Partnership.seeded(world), chance), Client(world)
    # The steps are years, and nobody here ever signs in: who sleeps is another test's.
    now, jobs = MONDAY, [job for job in world.context.service.jobs if not job.name.startswith("dormancy")]
    for _ in range(steps):
        now += timedelta(seconds=chance.choice((1, 7, 60, 601, 3607)))
        world.clock.freeze(now)
        hours(world, now)
        if chance.random() * act_every < 1:
            before = len(world.published())
            office.act()
            for job in jobs:
                job.run(world.context)
            if len(world.published()) != before:
                client.forget()
        account, function = chance.choice(PEOPLE), chance.choice(FUNCTIONS)
        so = truth(world, account, function, now)
        assert client.may(account, function, now) is so, (seed, now, account, function)
    return client


def session_ends(now: datetime) -> datetime:
    """When the sign-in of that instant is over: everybody signs in anew every eight hours."""
    return MONDAY + SESSION * ((now - MONDAY) // SESSION + 1)


def asked(account: str, function: str, now: datetime) -> dict[str, Any]:
    """The question of an app that knows the session it asks in."""
    return {
        "subject": {"type": "account", "id": account},
        "action": {"name": function},
        "resource": {"type": "organization", "id": CLINIC},
        "context": {"acr": ACR_TWO_FACTORS, "session_ends_at": session_ends(now).isoformat()},
    }


def truth(world: World, account: str, function: str, now: datetime) -> bool:
    """What is so at this instant."""
    return evaluate(world.context, question(asked(account, function, now))).permitted


def test_never_wrong_in_some_hundred_steps(world: World) -> None:
    """And it asks seldom: that is what `valid_until` is for."""
    client = live(world, steps=250, act_every=8, seed=4)
    assert 0 < client.asked < 225


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_never_wrong_in_a_million_steps(world: World) -> None:
    """The same for long, and rarely with an act between."""
    live(world, steps=1_000_000, act_every=2000, seed=2)
