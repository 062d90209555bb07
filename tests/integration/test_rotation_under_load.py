"""Signing keys and client secrets rotate while apps ask for tokens, introspect and check signatures: nothing fails.

The load goes through the gateway to all processes of identity. Each app instance keeps the key set exactly as long as
its max-age says and never asks sooner, and uses the secret that it was given. The acts are an operator's commands.

    old secret ════╪═══════════ works on ═══════════╪ refused        old key: signs ══╪══ verifies for a day ══╪ gone
    new secret     ╪═══════════════════════════════════▶             next key: known ══╪══ signs ══════════════════▶
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.stack.house import DidNotStart
from identity.oidc import housekeeping
from identity.oidc.clients.policy import SERVICE
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client, rotate_secret
from tests.support.stack_people import People
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

INSTANCES = 4  # of the app, each with a connection, a secret and a copy of the key set of its own
ROUNDS = 40  # of all of them together, between one act and the next; each is three requests
NOTICED = timedelta(seconds=31)  # by then every process has read the keys again
OVERLAP = timedelta(hours=25)  # past the day for which both keys and secrets go on


@dataclass
class Keys:
    """The key set as an app keeps it: for as long as the answer's max-age says, and not a moment longer."""

    people: People
    address: str = ""
    known: KeySet = field(default_factory=lambda: KeySet([]))
    until: datetime | None = None

    def verify(self, token: str, http: httpx.Client) -> None:
        """Check the signature of a token; raises JoseError."""
        now = self.people.world.now()
        if self.until is None or now >= self.until:
            self.fetch(http, now)
        jws.deserialize_compact(token, self.known, algorithms=["ES256"])

    def fetch(self, http: httpx.Client, now: datetime) -> None:
        """Ask for the set, and keep it."""
        answer = http.get(self.address or f"{self.people.world.base_url}/oauth/jwks", headers=_host(self.people))
        lasts = int(answer.headers["Cache-Control"].partition("max-age=")[2])
        self.known, self.until = KeySet.import_key_set(answer.json()), now + timedelta(seconds=lasts)


class Instance(threading.Thread):
    """One instance of the app, at work until it is told to stop."""

    def __init__(self, app: "App", secret: str) -> None:
        super().__init__(daemon=True)
        self._app, self.secret = app, secret
        self._keys = Keys(app.people)
        self._first = ""
        self._renewed = threading.Event()
        self.rounds = 0
        self.failures: list[str] = []
        self.kids: set[str] = set()

    def run(self) -> None:
        with httpx.Client(base_url=self._app.people.world.base_url, timeout=20) as http:
            while not self._app.stopped.is_set():
                self._round(http)
                self.rounds += 1

    def begin_again(self) -> None:
        """Let a token of now be the one that must go on: none is good for more than ten minutes."""
        self._renewed.set()

    def _round(self, http: httpx.Client) -> None:
        answer = self._app.ask(http, self.secret)
        if answer.status_code != 200:
            self.failures.append(f"token: {answer.status_code} {answer.text}")
            return
        token = answer.json()["access_token"]
        self.kids.add(kid_of(token))
        if not self._first or self._renewed.is_set():
            self._renewed.clear()
            self._first = token  # of before a rotation: it must go on, too
        for name, one in (("new", token), ("old", self._first)):
            try:
                self._keys.verify(one, http)
            except (JoseError, ValueError) as error:
                self.failures.append(f"the signature of the {name} token, kid {kid_of(one)}: {error!r}")
            told = http.post("/oauth/introspect", data={"token": one}, auth=(self._app.client_id, self.secret))
            if told.status_code != 200 or told.json().get("active") is not True:
                self.failures.append(f"introspection of the {name} token: {told.status_code} {told.text}")


@dataclass
class App:
    """A program with a secret, in several instances."""

    people: People
    client_id: str
    secret: str
    instances: list[Instance] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self, http: httpx.Client, secret: str, address: str = "/oauth/token") -> httpx.Response:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "resource": f"{self.people.world.base_url}/api/access"}
        return http.post(address, data=form, auth=(self.client_id, secret), headers=_host(self.people))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All instances work; at the end nothing has failed, and every one of them has done its part."""
        self.instances = [Instance(self, self.secret) for _ in range(INSTANCES)]
        for one in self.instances:
            one.start()
        try:
            self.works_on()
            yield
            self.works_on()
        finally:
            self.stopped.set()
            for one in self.instances:
                one.join(30)
        assert [failure for one in self.instances for failure in one.failures] == []

    def works_on(self) -> None:
        """Return when each instance has gone round often enough since now, or something has failed."""
        wanted = [(one, one.rounds + ROUNDS // INSTANCES) for one in self.instances]
        wait_for(lambda: any(one.failures for one, _ in wanted) or all(one.rounds >= to for one, to in wanted), 60)

    def rotate(self) -> str:
        """Do what an operator does; return the new secret."""
        [told] = json.loads(self._command("clients", "rotate-secret", self.client_id, "--json"))
        return str(told["client_secret"])

    def rotate_keys(self, *options: str) -> None:
        """Do what an operator does."""
        self._command("keys", "rotate", *options)

    def _command(self, *words: str) -> str:
        return self.people.world.stack.command("identity", *words)


@pytest.fixture
def app(people: People) -> App:
    """A program that nobody else uses; the next signing key is as old as the test."""
    name, secret = f"rotating-{time.monotonic_ns()}", "s" * 48
    audience = f"{people.world.base_url}/api/access"
    spec = with_profile(SERVICE, id=name, name="Rotating", scopes=("access.evaluate",), audiences=(audience,))
    with people.contexts["identity"].transaction() as work:
        ensure_client(work, spec, secret)
    made = App(people, name, secret)
    made.rotate_keys("--at-once")
    later(people, NOTICED)
    return made


@pytest.mark.parametrize("options", [(), ("--at-once",)], ids=["as planned", "at once"])
def test_keys_rotate_under_load(app: App, people: People, options: tuple[str, ...]) -> None:
    """Rows E27 and P2, threat 56, ASVS 9.1.3: tokens of both keys verify, and no process is started again."""
    with app.at_work():
        for _ in range(2):
            for one in app.instances:
                one.begin_again()
            app.works_on()
            later(people, timedelta(minutes=7))
            app.works_on()
            app.rotate_keys(*options)
            app.works_on()
            later(people, NOTICED)
            app.works_on()
    assert {len(one.kids) for one in app.instances} == {3}, "each instance has seen tokens of all three keys"


def test_a_key_that_not_everybody_can_know_does_not_sign_yet(app: App) -> None:
    """Threat 56: rotated again within minutes, the operator is told when, and under load nothing happens."""
    with app.at_work():
        app.rotate_keys("--at-once")
        with pytest.raises(DidNotStart, match="rotate again after"):
            app.rotate_keys()


def test_whoever_kept_the_keys_last_still_knows_the_next_one(app: App, people: People) -> None:
    """Row E27: a process that has not heard of the next key yet hands out its old set, which is then kept for its
    whole max-age; the next key signs only after that."""
    worker, keys = people.workers[1], Keys(people, f"{people.workers[1]}/oauth/jwks")
    with httpx.Client() as http:
        keys.fetch(http, people.world.now())  # the process has read the keys just now …
        app.rotate_keys("--at-once")  # … and another is made
        later(people, timedelta(seconds=29))
        keys.fetch(http, people.world.now())
        later(people, timedelta(minutes=5) - timedelta(seconds=29))
        while not rotated(app):
            later(people, timedelta(seconds=30))
        later(people, timedelta(seconds=1))
        token = app.ask(http, app.secret, f"{worker}/oauth/token").json()["access_token"]
        keys.verify(token, http)


def test_secrets_rotate_under_load(app: App, people: People) -> None:
    """Row P2: instances take the new secret one after the other, half of them only when the other half has it."""
    with app.at_work():
        for _ in range(3):
            new = app.rotate()
            for half in (app.instances[::2], app.instances[1::2]):
                for one in half:
                    one.secret = new
                app.works_on()


def test_keys_and_secrets_rotate_in_the_same_minutes(app: App, people: People) -> None:
    """Rows E27 and P2: two operators at once, and the app notices neither."""
    with app.at_work():
        later(people, timedelta(minutes=7))
        operators = [
            threading.Thread(target=app.rotate_keys),
            threading.Thread(target=lambda: fresh.append(app.rotate())),
        ]
        fresh: list[str] = []
        for one in operators:
            one.start()
        for one in operators:
            one.join(60)
        for instance in app.instances:
            instance.secret = fresh[0]
        later(people, NOTICED)
        app.works_on()


def test_a_new_secret_works_everywhere_the_moment_it_is_shown(app: App, people: People) -> None:
    """Row P2: another process that has just looked at the client takes the new secret all the same."""
    refused = []
    with httpx.Client() as http:
        for number in range(10):
            with people.contexts["identity"].transaction() as work:
                secret = rotate_secret(work, app.client_id, timedelta(hours=24))
            for worker in people.workers:
                answer = app.ask(http, secret, f"{worker}/oauth/token")
                if answer.status_code != 200:
                    refused.append((number, worker, answer.text))
    assert refused == []


def test_the_overlap_ends(app: App, people: People) -> None:
    """Row E27: a day later the old secret is refused, and the old key is no longer among the published ones."""
    with httpx.Client(base_url=people.world.base_url) as http:
        old = app.secret
        kid = kid_of(app.ask(http, old).json()["access_token"])
        new = app.rotate()
        app.rotate_keys("--at-once")
        later(people, NOTICED)
        assert [app.ask(http, secret).status_code for secret in (old, new)] == [200, 200]
        assert kid in published(http)
        later(people, OVERLAP)
        housekeeping.run(people.contexts["identity"])
        later(people, NOTICED)
        assert [app.ask(http, secret).status_code for secret in (old, new)] == [401, 200]
        assert kid not in published(http)


def rotated(app: App) -> bool:
    """Rotate the keys as planned; False while it is too soon."""
    try:
        app.rotate_keys()
    except DidNotStart as told:
        assert "rotate again after" in str(told)
        return False
    return True


def later(people: People, passed: timedelta) -> None:
    """Let time pass for every program."""
    people.world.set_clock(people.world.now() + passed)


def kid_of(token: str) -> str:
    """Return the name of the key that signed a token."""
    return str(jws.extract_compact(token.encode()).headers()["kid"])


def published(http: httpx.Client) -> set[str]:
    """Return the names of the published keys."""
    return {key["kid"] for key in http.get("/oauth/jwks").json()["keys"]}


def _host(people: People) -> dict[str, str]:
    return {"Host": urlsplit(people.world.base_url).netloc}
