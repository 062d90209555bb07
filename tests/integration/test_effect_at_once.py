"""What a manager takes away is gone a second later, everywhere, while others go on asking (G4, K4).

PUT …/members/<id> ─▶ the next decision · introspection · userinfo · the person's own page
                   └▶ receivers of shared signals, by push and by poll: a set within five seconds
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from identity.demo import Someone
from identity.oidc.clients.policy import SERVICE
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from tests.support.logout_receiver import keys_of
from tests.support.relying_party import RelyingParty, service_token
from tests.support.signal_receiver import CAEP, Heard, SignalReceiver, validated_set
from tests.support.stack_people import People
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

KEPT, TAKEN = "claims.status.view", "eligibility.view"
AT_ONCE = 1  # second
TOLD_WITHIN = 5  # seconds, of receivers outside
CHANGED = f"{CAEP}/token-claims-change"
CROWD = 4  # programs that ask for decisions all the time


@dataclass
class Office:
    """A practice, one of its members, and an app in which that member has signed in."""

    people: People
    id: str
    member: Someone
    app: RelyingParty

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Act through access-manager's API as a program that may."""
        headers = {"Authorization": f"Bearer {service_token(self.people.world, 'access')}", **more.pop("headers", {})}
        url = f"{self.people.world.base_url}/api/access/v1/organizations/{self.id}{path}"
        answer = httpx.request(method, url, headers=headers, **more)
        assert answer.is_success, answer.text
        return answer

    def row(self) -> dict[str, Any]:
        """The membership as it stands."""
        found = self.api("GET", "/members").json()["members"]
        return next(one for one in found if one["account_id"] == self.people.id(self.member))

    def doors(self, function: str) -> set[bool]:
        """What each door says of the function."""
        told = self.app.userinfo()
        return {
            permitted(self, function),
            function in self.app.introspect().get("functions", ()),
            told.status_code == 200 and function in told.json().get("functions", ()),
            function in own_page(self),
        }


TASKS = {KEPT: "See patient claims", TAKEN: "See patient eligibility and benefits"}


def own_page(office: Office) -> set[str]:
    """The functions that the page of one's own access shows as held, in a session that lives on."""
    office.app.visitor.open("/manage/mine")
    held = office.app.visitor.text.partition("What you may do")[2].partition("What you may not do")[0]
    return {function for function, task in TASKS.items() if task in held}


def permitted(office: Office, function: str) -> bool:
    """What the decision point says."""
    question = {
        "subject": {"type": "account", "id": office.people.id(office.member)},
        "action": {"name": function},
        "resource": {"type": "organization", "id": office.id},
    }
    world = office.people.world
    headers = {"Authorization": f"Bearer {service_token(world, 'access', client='portal')}"}
    answer = httpx.post(f"{world.base_url}/access/v1/evaluation", json=question, headers=headers)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["decision"])


@pytest.fixture
def office(people: People) -> Office:
    """Somebody at work, with two functions."""
    member, boss = people.someone("mia"), people.someone("boss")
    found = people.practice([boss], [member], KEPT, TAKEN)
    app = RelyingParty(people.world, people.browser(), "trial")
    app.sign_in(member.user_id, member.password)
    return Office(people, found, member, app)


@dataclass
class Listener:
    """A receiver of shared signals with its stream; `end` is where it is pushed to, None where it polls."""

    people: People
    name: str
    token: str
    made: dict[str, Any]
    end: SignalReceiver | None

    def heard(self) -> list[Heard]:
        """What has come so far, every set checked as its receiver must."""
        world, keys = self.people.world, {}
        tokens = self.end.tokens if self.end else self._polled()
        if tokens:
            with httpx.Client() as http:
                keys = keys_of(http, world.base_url)
        now = world.now().timestamp()
        return [validated_set(token, keys, world.base_url, self.name, now) for token in tokens]

    def _polled(self) -> list[str]:
        url, headers = self.made["delivery"]["endpoint_url"], {"Authorization": f"Bearer {self.token}"}
        answer = httpx.post(url, json={"returnImmediately": True}, headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["sets"].values())

    def was_told(self, account_id: str, functions: list[str]) -> bool:
        """Whether one set has come about somebody, with just these functions."""
        mine = [one for one in self.heard() if one.kind == CHANGED and one.subject["sub"] == account_id]
        return [one.event["claims"]["functions"] for one in mine] == [functions]


def insist_told(listeners: list[Listener], account_id: str, functions: list[str], began: float) -> None:
    """Fail unless each receiver hears of the change within five seconds of its beginning."""
    for one in listeners:
        wait_for(partial(one.was_told, account_id, functions), began + TOLD_WITHIN - time.monotonic())


def listener(people: People, end: SignalReceiver | None) -> Listener:
    """Register a receiver, as an operator does, and let it make its stream through the gateway."""
    name, secret, base = f"signals-{time.monotonic_ns()}", "s" * 48, people.world.base_url
    spec = with_profile(SERVICE, id=name, name="Receiver", scopes=("ssf.manage", "ssf.read"))
    with people.contexts["identity"].transaction() as work:
        ensure_client(work, spec, secret)
    grant = {"grant_type": "client_credentials"}
    token = httpx.post(f"{base}/oauth/token", data=grant, auth=(name, secret)).json()["access_token"]
    found = httpx.get(f"{base}/.well-known/ssf-configuration").json()
    body: dict[str, Any] = {"events_requested": [CHANGED]}
    if end is not None:
        body["delivery"] = {"method": "urn:ietf:rfc:8935", "endpoint_url": end.url}
    headers = {"Authorization": f"Bearer {token}"}
    made = httpx.post(found["configuration_endpoint"], json=body, headers=headers)
    assert made.status_code == 201, made.text
    return Listener(people, name, token, made.json(), end)


@pytest.fixture
def listeners(people: People) -> Iterator[list[Listener]]:
    """Two receivers, one that is pushed to and one that polls."""
    with SignalReceiver() as end:
        both = [listener(people, end), listener(people, None)]
        yield both
        for one in both:
            url, headers = f"{people.world.base_url}/ssf/streams", {"Authorization": f"Bearer {one.token}"}
            gone = httpx.delete(url, params={"stream_id": one.made["stream_id"]}, headers=headers)
            assert gone.status_code == 204, gone.text


@contextmanager
def crowd(office: Office) -> Iterator[list[int]]:
    """Others ask for decisions all the while; whatever is not answered with 200 is a failure."""
    stopped, answers = threading.Event(), list[int]()
    token = service_token(office.people.world, "access", client="portal")
    question = {
        "subject": {"type": "account", "id": "acc_of_nobody"},
        "action": {"name": KEPT},
        "resource": {"type": "organization", "id": office.id},
    }

    def ask() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=office.people.world.base_url, headers=headers, timeout=20) as http:
            while not stopped.is_set():
                answers.append(http.post("/access/v1/evaluation", json=question).status_code)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(CROWD)]
    for one in threads:
        one.start()
    try:
        wait_for(lambda: len(answers) > 10 * CROWD, 20)
        yield answers
    finally:
        stopped.set()
        for one in threads:
            one.join(20)
    assert set(answers) == {200}


def test_a_function_taken_away_is_gone_at_every_door_within_a_second(office: Office, listeners: list[Listener]) -> None:
    """G4, K4: under load; what was not taken away stays. Who listens outside has a set that validates in five."""
    assert office.doors(TAKEN) == {True} and office.doors(KEPT) == {True}
    with crowd(office):
        before = office.row()
        body, began = {"functions": [KEPT]}, time.monotonic()
        office.api(
            "PUT", f"/members/{before['membership_id']}", json=body, headers={"If-Match": f'"{before["version"]}"'}
        )
        assert not permitted(office, TAKEN)
        wait_for(lambda: TAKEN not in office.app.introspect()["functions"], AT_ONCE)
        insist_told(listeners, office.people.id(office.member), [KEPT], began)
        assert office.doors(TAKEN) == {False}
        assert office.doors(KEPT) == {True}


def test_a_membership_removed_is_gone_at_every_door_within_a_second(office: Office, listeners: list[Listener]) -> None:
    """G4, K4: nothing of the organization is left in the app or on the person's page; the account itself lives."""
    with crowd(office):
        began = time.monotonic()
        office.api("POST", f"/members/{office.row()['membership_id']}/removal", json={"reason": "left"})
        assert not permitted(office, KEPT)
        wait_for(lambda: KEPT not in office.app.introspect().get("functions", ()), AT_ONCE)
        insist_told(listeners, office.people.id(office.member), [], began)
        assert office.doors(KEPT) == {False}
