"""M14: a client that keeps each answer up to its `valid_until`, and forgets when an event says so, is never wrong."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from availability.gate.board import Board
from tests.service.availability.world import Hours, eastern

FUNCTIONS = ("precert.submit", "claims.submit", "edi.exchange")
CALENDARS = ("website", "edi", "precertification")
EAST = "portal-east"
# What maintenance may be about: whole calendars, single functions, and the one client or everybody else.
REACH: tuple[dict[str, list[str]], ...] = (
    *({"calendars": [name]} for name in CALENDARS),
    {"functions": ["precert.submit"]},
    {"calendars": ["website"], "clients": [EAST]},
    {"functions": ["edi.exchange"], "allowed_clients": [EAST]},
)


class Client:
    """Keeps what `/api/availability/v1/functions` said, as an app's gateway would."""

    def __init__(self, hours: Hours, id: str = "") -> None:
        self._hours = hours
        self._query = {"client": id} if id else {}
        self._kept: dict[str, tuple[bool, datetime]] = {}
        self.asked = 0

    def is_open(self, function: str, now: datetime) -> bool:
        """From memory while the answer holds, else asked for."""
        kept = self._kept.get(function)
        if kept is None or now >= kept[1]:
            told = self._hours.function(function, **self._query)
            kept = self._kept[function] = (told["open"], datetime.fromisoformat(told["valid_until"]))
            self.asked += 1
        return kept[0]

    def forget(self) -> None:
        """An event came."""
        self._kept.clear()


class Operator:
    """Starts, plans, moves, ends and cancels maintenance, and publishes hours, at random and by the rules or not."""

    def __init__(self, hours: Hours, chance: random.Random) -> None:
        self._hours, self._chance = hours, chance

    def act(self, now: datetime) -> None:
        """One act through the API; a refusal is as good as any answer."""
        act = self._chance.choice((self._plan, self._plan, self._step, self._extend, self._publish))
        act(now)

    def _plan(self, now: datetime) -> None:
        starts = now + timedelta(minutes=self._chance.randrange(0, 3000))
        body: dict[str, Any] = {
            **self._chance.choice(REACH),
            "ends_at": (starts + timedelta(minutes=self._chance.randrange(1, 900))).isoformat(),
            "emergency": True,
            "reason": "By chance",
        }
        self._send(
            "POST", "/maintenance", body | ({} if self._chance.random() < 0.5 else {"starts_at": starts.isoformat()})
        )

    def _step(self, _now: datetime) -> None:
        self._send("POST", f"/maintenance/{self._one()}/{self._chance.choice(('start', 'end', 'cancel'))}", {})

    def _extend(self, now: datetime) -> None:
        ends = now + timedelta(minutes=self._chance.randrange(1, 900))
        self._send("POST", f"/maintenance/{self._one()}/extend", {"ends_at": ends.isoformat(), "emergency": True})

    def _publish(self, _now: datetime) -> None:
        read = self._hours.client.get("/api/availability/v1/calendars", headers=self._hours.token("hours.read"))
        known = dict(read.json or {})
        hour = self._chance.randrange(0, 24)
        windows = [{"days": ["monday", "sunday"], "opens": f"{hour:02}:00", "closes": f"{(hour + 9) % 24:02}:30"}]
        known["schedule"]["calendars"][2]["windows"] = windows
        self._send("PUT", "/calendars", {"schedule": known["schedule"], "seen": known["version"]})

    def _one(self) -> str:
        listed = self._hours.all_maintenance()[:5]
        return str(self._chance.choice(listed)["id"]) if listed else "mnt_none"

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        headers = self._hours.token("hours.manage")
        url = f"/api/availability/v1{path}"
        answer = self._hours.client.open(url, method=method, json={"reason": "By chance", **body}, headers=headers)
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.json


def told(hours: Hours) -> int:
    """How many events were published so far."""
    with hours.context.reading() as session:
        return session.execute(text("SELECT count(*) FROM outbox")).scalar_one()


def live(hours: Hours, steps: int, act_every: int, seed: int) -> Client:
    """Let the clock run in random steps beside a client and an operator, who acts in one of `act_every`."""
    chance = random.Random(seed)
    client, other, operator = Client(hours), Client(hours, EAST), Operator(hours, chance)
    now, board = eastern("2026-10-25T12:00"), hours.context.part(Board)
    for _ in range(steps):
        now += timedelta(seconds=chance.choice((1, 7, 60, 601, 3607)))
        hours.clock.freeze(now)
        if chance.random() * act_every < 1:
            hours.run_jobs()
            before = told(hours)
            operator.act(now)
            if told(hours) != before:
                client.forget()
                other.forget()
        function, timetable = chance.choice(FUNCTIONS), board.glance().timetable
        assert client.is_open(function, now) is timetable.function(function, now).open, (seed, now)
        assert other.is_open(function, now) is timetable.function(function, now, EAST).open, (seed, now)
    return client


def test_never_wrong_in_some_hundred_steps(hours: Hours) -> None:
    """And it hardly ever asks: that is what `valid_until` is for."""
    client = live(hours, steps=800, act_every=10, seed=1)
    assert 0 < client.asked < 500


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_never_wrong_in_a_million_steps(hours: Hours) -> None:
    """The same for long: through decades, a thousand acts and every change of the clocks between."""
    live(hours, steps=1_000_000, act_every=1000, seed=2)
