"""What ends by the clock is told to receivers of shared signals, within the interval of the job that looks (K4, G8).

A decision denies from the instant on whatever runs; a portal that keeps what it was told hears of it soon after:
a minute for an end date, a connection and emergency access, five for what a review lets lapse.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from access_manager.emergencies import service as emergencies
from identity.oidc.clients.policy import SERVICE
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from shared.service import Actor
from tests.journeys.story import THURSDAY
from tests.support.logout_receiver import keys_of
from tests.support.relying_party import service_token
from tests.support.signal_receiver import CAEP, validated_set
from tests.support.world import OneProcess, one_process

CHANGED = f"{CAEP}/token-claims-change"
NAME, SECRET = "office-portal", "s" * 48
NORTHFIELD = "org_northfield"
A_MINUTE, FIVE = timedelta(minutes=1), timedelta(minutes=5)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with its demo people, and a receiver's client; its clock goes on from test to test."""
    with one_process(tmp_path_factory.mktemp("ends"), THURSDAY) as made:
        spec = with_profile(SERVICE, id=NAME, name="Office portal", scopes=("ssf.manage", "ssf.read"))
        with made.suite.contexts["identity"].transaction() as work:
            ensure_client(work, spec, SECRET)
        yield made


class Receiver:
    """Polls its stream of changed claims."""

    def __init__(self, world: OneProcess) -> None:
        self._world = world
        base = httpx.get(f"{world.base_url}/.well-known/ssf-configuration").json()
        made = self._post(base["configuration_endpoint"], {"events_requested": [CHANGED]})
        self._from = made["delivery"]["endpoint_url"]
        self._done: list[str] = []

    def told(self, account_id: str) -> list[list[str]]:
        """The functions at Northfield that each new set about somebody names, in order."""
        found: dict[str, str] = self._post(self._from, {"returnImmediately": True, "ack": self._done})["sets"]
        self._done = list(found)
        with httpx.Client() as http:
            keys = keys_of(http, self._world.base_url) if found else {}
        now = self._world.now().timestamp()
        heard = [validated_set(each, keys, self._world.base_url, NAME, now) for each in found.values()]
        mine = [each for each in heard if each.kind == CHANGED and each.subject["sub"] == account_id]
        assert {each.event["claims"]["org"] for each in mine} <= {NORTHFIELD}
        return [each.event["claims"]["functions"] for each in mine]

    def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        grant = {"grant_type": "client_credentials"}
        # A token of its own for each call: the clock of this story jumps.
        token = httpx.post(f"{self._world.base_url}/oauth/token", data=grant, auth=(NAME, SECRET)).json()
        answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {token['access_token']}"})
        assert answer.is_success, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def line(world: OneProcess) -> Receiver:
    """A receiver with its stream."""
    return Receiver(world)


@pytest.fixture
def receiver(line: Receiver) -> Receiver:
    """The same, who has read everything that came before."""
    line.told("")
    return line


def api(world: OneProcess, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Act at Northfield as a program that may."""
    headers = {"Authorization": f"Bearer {service_token(world, 'access')}", "If-Match": "*"}
    url = f"{world.base_url}/api/access/v1/organizations/{NORTHFIELD}{path}"
    answer = httpx.request(method, url, json=body, headers=headers)
    assert answer.is_success, answer.text
    return dict(answer.json())


def row(world: OneProcess, account_id: str) -> dict[str, Any]:
    """A membership at Northfield."""
    return next(each for each in api(world, "GET", "/members")["members"] if each["account_id"] == account_id)


def at(world: OneProcess, instant: datetime) -> None:
    """Let it be that instant: the worker does what is due then, and everything that waits is delivered."""
    world.set_clock(instant)
    world.suite.workers["access-manager"].jobs()
    world.settle()


def account(world: OneProcess, user_id: str) -> str:
    """The account of a demo person who works at Northfield."""
    everybody = api(world, "GET", "/members")["members"]
    return next(str(each["account_id"]) for each in everybody if each["email"].startswith(f"{user_id}@"))


def test_an_end_date(world: OneProcess, receiver: Receiver) -> None:
    """A minute after the last instant, once; and a manager who prolongs it later is told of like any other change."""
    priya, end = account(world, "priya.nair"), world.now() + timedelta(hours=6)
    mine = row(world, priya)
    api(world, "PUT", f"/members/{mine['membership_id']}", {"functions": mine["functions"], "ends_at": end.isoformat()})
    at(world, end - timedelta(seconds=1))
    assert receiver.told(priya) == [sorted(mine["functions"])]
    at(world, end + A_MINUTE)
    assert receiver.told(priya) == [[]]
    at(world, end + timedelta(days=1))
    assert receiver.told(priya) == []
    api(world, "PUT", f"/members/{mine['membership_id']}", {"functions": ["eligibility.view"]})
    world.settle()
    assert receiver.told(priya) == [["eligibility.view"]]


def test_a_connection(world: OneProcess, receiver: Receiver) -> None:
    """G12: whoever worked through it holds nothing there any more."""
    ada, end = account(world, "ada.quinn"), world.now() + timedelta(hours=6)
    [link] = [each for each in api(world, "GET", "/partners")["partners"] if each["state"] == "active"]
    api(world, "PUT", f"/partners/{link['link_id']}", {"functions": link["functions"], "ends_at": end.isoformat()})
    at(world, end - timedelta(seconds=1))
    assert receiver.told(ada) == [sorted(row(world, ada)["functions"])]
    at(world, end + A_MINUTE)
    told = receiver.told(ada)
    assert told and not any(told)


def test_emergency_access(world: OneProcess, receiver: Receiver) -> None:
    """G13: what was lent is told as gone; what is held for good stays."""
    priya = account(world, "priya.nair")
    held = sorted(row(world, priya)["functions"])
    access = world.suite.contexts["access-manager"]
    with access.transaction() as work:
        emergencies.set_policy(work, NORTHFIELD, ["clinical.view"], 60)
    with access.transaction(Actor(priya, "person", "provider")) as work:
        emergencies.begin(work, NORTHFIELD, ["clinical.view"], "The clinician on call cannot be reached")
    world.settle()
    assert receiver.told(priya) == [sorted([*held, "clinical.view"])]
    at(world, world.now() + timedelta(hours=1) + A_MINUTE)
    assert receiver.told(priya) == [held]


def test_what_a_review_lets_lapse(world: OneProcess, receiver: Receiver) -> None:
    """G10: nobody confirmed it; told within five minutes of the last instant."""
    priya, due = account(world, "priya.nair"), world.now() + timedelta(days=4)
    api(world, "POST", "/reviews", {"due_at": due.isoformat()})
    at(world, due - timedelta(seconds=1))
    assert receiver.told(priya)[-1] == sorted(row(world, priya)["functions"])
    at(world, due + FIVE)
    assert receiver.told(priya) == [[]]
