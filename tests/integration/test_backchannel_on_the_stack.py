"""Apps hear of ended sessions in the production shape: two web processes, two workers, a broker, an app that goes away.

E21, A5 and attack 19, with everything real: PostgreSQL, RabbitMQ, and an app that listens on a loopback port.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from deploy.servers.process import Process
from identity.demo import Someone
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CODE, REFRESH, ClientSpec
from identity.oidc.clients.service import ensure_client
from tests.support.logout_receiver import LogoutReceiver, keys_of, validated
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE, RelyingParty
from tests.support.stack import THURSDAY
from tests.support.stack_people import People, sign_out
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

HERE, THERE = 0, 1  # the two processes that answer
SOON = 20  # seconds of a busy machine; alone it is a small part of one


@dataclass
class Listening:
    """An app of these tests: its client, and where it takes logout tokens."""

    people: People
    name: str
    receiver: LogoutReceiver

    def sign_in(self, person: Someone, visitor: PageVisitor | None = None) -> RelyingParty:
        """Sign somebody in to the app, in a browser of their own unless told."""
        app = RelyingParty(self.people.world, visitor or self.people.browser(), self.name)
        app.sign_in(person.user_id, person.password, scope="openid profile")
        return app

    def told(self, count: int) -> list[dict[str, object]]:
        """Return what the app was told, checked as it must be, once so many tokens have come."""
        wait_for(lambda: len(self.receiver.received) >= count, SOON)
        world = self.people.world
        with httpx.Client() as http:
            keys = keys_of(http, world.base_url)
        now = world.now().timestamp()
        return [validated(token, keys, world.base_url, self.name, now) for token in self.receiver.tokens]

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        """Return (jti, attempts, outcome) of everything that was ever owed to the app."""
        statement = "SELECT id, attempts, outcome FROM oidc_logout_deliveries WHERE client_id = '{}' ORDER BY id"
        return self.people.world.rows("identity", statement.format(self.name))

    def reasons(self) -> list[str | None]:
        """Return why each of the last attempts failed."""
        statement = f"SELECT last_error FROM oidc_logout_deliveries WHERE client_id = '{self.name}'"
        return [row[0] for row in self.people.world.rows("identity", statement)]

    def settled(self) -> list[tuple[str, int, str | None]]:
        """The same, once nothing is owed to it any more."""
        wait_for(lambda: all(outcome for _, _, outcome in self.deliveries()), SOON)
        return self.deliveries()


@pytest.fixture(scope="module")
def second_worker(two_workers: People) -> Iterator[None]:
    """A second worker of identity beside the stack's own: whatever one of them does, the other must not do again."""
    stack = two_workers.world.stack
    running = stack.processes["identity-worker"]
    own = {"WORKER_HEARTBEAT": str(stack.place.fresh("heartbeat-of-the-second") / "beat")}
    second = Process("identity-worker-second", running.command, running.folder, {**running.environment, **own})
    second.start()
    yield
    second.stop()


@pytest.fixture
def listening(people: People, second_worker: None) -> Iterator[Listening]:
    """An app that listens."""
    name, secret = f"listener-{time.monotonic_ns()}", "s" * 48
    with LogoutReceiver() as receiver:
        spec = ClientSpec(
            id=name,
            name="Listener",
            any_loopback=True,
            minimum_acr=ACR_1,
            scopes=("openid", "profile"),
            grant_types=(CODE, REFRESH),
            backchannel_logout_uri=receiver.url,
            justification="Its people are invented for one test",
        )
        with people.contexts["identity"].transaction() as work:
            ensure_client(work, spec, secret)
        entry = {"name": name, "client_id": name, "client_secret": secret, "redirect_uris": [NOBODY_THERE]}
        people.world.facts["clients"].append(entry)
        yield Listening(people, name, receiver)
        people.world.facts["clients"].remove(entry)


def test_ended_at_one_process_told_once_by_one_worker(people: People, listening: Listening) -> None:
    """Five browsers of one person; staff end all of it at the other process: five tokens, five sids, none twice."""
    ann = people.someone("ann")
    apps = [listening.sign_in(ann) for _ in range(5)]
    sids = {app.introspect()["sid"] for app in apps}
    people.call("DELETE", f"accounts/{people.id(ann)}/sessions", None, worker=THERE)
    told = listening.told(5)
    assert {one["sid"] for one in told} == sids and len(sids) == 5
    assert {one["sub"] for one in told} == {people.id(ann)}
    assert [(attempts, outcome) for _, attempts, outcome in listening.settled()] == [(1, "told")] * 5
    people.world.settle()
    assert len(listening.receiver.received) == 5


def test_an_app_that_is_down_keeps_nobody_signed_in_and_hears_of_it_later(people: People, listening: Listening) -> None:
    """Attack 19: signing out is done at once; back up, the app gets one token with the jti of its delivery."""
    bob = people.someone("bob")
    app = listening.sign_in(bob)
    listening.receiver.down()
    sign_out(people.straight(THERE, like=app.visitor))
    assert app.introspect() == {"active": False}
    wait_for(lambda: listening.reasons() == ["it does not answer"], SOON)
    listening.receiver.up()
    people.world.set_clock(THURSDAY.replace(second=6))
    (told,) = listening.told(1)
    assert listening.settled() == [(told["jti"], 2, "told")]


def test_who_sits_down_at_a_computer_ends_the_former_session_in_every_app(people: People, listening: Listening) -> None:
    """A5: A only closed the browser; B signs in, and A's app hears that A's session is over, and only A's."""
    amy, ben = people.someone("amy"), people.someone("ben")
    reception = people.browser()
    reception.open("/login")
    reception.press("Several people use this computer")
    sid = listening.sign_in(amy, reception).introspect()["sid"]
    for cookie in list(reception.cookies.jar):
        if cookie.expires is None:
            reception.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    listening.sign_in(ben, reception)
    (told,) = listening.told(1)
    assert (told["sid"], told["sub"]) == (sid, people.id(amy))
