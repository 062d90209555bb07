"""People of one test on the stack, and browsers of theirs: through the gateway, or straight at one of two workers.

The people and practices of a test are its own: others share the stack, and the demo's people are for their stories.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pyotp

from access_manager import demo as access_demo
from access_manager.organizations.service import OrganizationFacts
from deploy.allinone import SERVICES
from deploy.servers.debian import free_port
from deploy.servers.process import Process
from deploy.stack.environment import environment_of
from deploy.stack.table import POOL, PROGRAMS
from identity import demo as identity_demo
from identity.demo import Someone
from shared import runtime
from shared.config import load
from shared.service import Context
from tests.support.pages import PageVisitor
from tests.support.relying_party import service_token
from tests.support.stack import StackWorld
from tests.support.throwaway import wait_for

Found = TypeVar("Found")

PASSWORD = "two harbor seals at dawn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIX_DIGITS = r"(?<!\d)\d{6}(?!\d)"
OFFICE, ABROAD = "127.0.0.1", "127.77.0.9"  # loopback addresses of two networks: a block of addresses is a network
WHY = "A test of what this policy does, for one minute"
_CHROME = {
    "Accept-Language": "en",
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0",
}
_NO_KEEPING = httpx.Limits(max_keepalive_connections=0)


@dataclass
class People:
    """Whoever a test invents, on a running stack whose clock stands still."""

    world: StackWorld
    workers: Sequence[str]  # addresses of the processes that answer for identity, past the gateway
    contexts: dict[str, Context]
    ids: dict[str, str] = field(default_factory=dict)

    def someone(self, word: str, **changes: Any) -> Someone:
        """Give a new person an account; `word` is how the test calls them."""
        name = f"{word}.{time.monotonic_ns()}"
        person = Someone(name, PASSWORD, f"{word.title()} Tester", f"{name}@test.example", active=True)
        person = replace(person, **changes)
        self.ids |= identity_demo.seed(self.contexts["identity"], [person])
        return person

    def id(self, person: Someone) -> str:
        """The person's account id."""
        return self.ids[person.user_id]

    def practice(self, managers: Sequence[Someone], members: Sequence[Someone], *functions: str) -> str:
        """Make a practice of these people, who all hold the functions; return its id once everybody has heard of it."""
        found = f"org_{time.monotonic_ns()}"
        seats = [
            access_demo.DemoPerson(self.id(one), one.display_name, one.email, functions, manager=one in managers)
            for one in (*managers, *members)
        ]
        facts = OrganizationFacts(found, f"Practice {found[-6:]}", "practice", True, "1234")
        with self.contexts["access-manager"].transaction() as work:
            access_demo.seed(work, [access_demo.DemoPractice(facts, tuple(seats))])
        self.world.settle()
        return found

    def browser(self, source: str = OFFICE) -> PageVisitor:
        """A browser that reaches the gateway from this address."""
        return self._visitor(httpx.HTTPTransport(local_address=source, limits=_NO_KEEPING))

    def straight(self, worker: int, source: str = OFFICE, like: PageVisitor | None = None) -> PageVisitor:
        """A browser whose requests the gateway gave to this worker; `like`: with the cookies of that one."""
        visitor = self._visitor(_Straight(self.workers[worker % len(self.workers)], source))
        for cookie in like.cookies.jar if like else ():
            visitor.cookies.jar.set_cookie(cookie)
        return visitor

    def code(self) -> str:
        """What the authenticator app of whoever has one shows; each person's is good once."""
        return pyotp.TOTP(SECRET).at(self.world.now())

    def told(self, to: str, pattern: str) -> str:
        """What fits the pattern in the newest message to an address that holds it; waits until one has come."""
        found: list[str] = []

        def come() -> list[str]:
            found.extend(hit.group() for one in self.world.messages(to) if (hit := re.search(pattern, one["text"])))
            return found

        wait_for(come, 10)
        return found[0]

    def call(self, method: str, path: str, body: object, worker: int = 0) -> Any:
        """What identity's JSON API answers to the suite's own program at this worker."""
        client = httpx.Client(transport=_Straight(self.workers[worker % len(self.workers)], OFFICE))
        headers = {"Authorization": f"Bearer {service_token(self.world, 'identity')}"}
        url = f"{self.world.base_url}/api/identity/v1/{path}"
        answer = client.request(method, url, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def _visitor(self, transport: httpx.BaseTransport) -> PageVisitor:
        visitor = PageVisitor(self.world.base_url)
        visitor._http = httpx.Client(transport=transport, timeout=20, headers=_CHROME)
        return visitor


@contextmanager
def people_of(world: StackWorld, start: datetime) -> Iterator[People]:
    """Let a test invent people: the clock stands at `start`, and a second process answers for identity beside the
    stack's own, on the same database and the same Redis."""
    world.set_clock(start)
    running = world.stack.processes["identity"]
    port = free_port()
    metrics = str(world.stack.place.fresh("metrics-of-the-second"))
    own = {"WEB_BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", "PROMETHEUS_MULTIPROC_DIR": metrics}
    second = Process("identity-second", running.command, running.folder, {**running.environment, **own})
    second.start()
    contexts = {
        service.name: runtime.build(
            service, load(service.settings, _environment(world, service.name)), clock=_ClockOf(world)
        )
        for service in SERVICES
        if service.name in {"identity", "access-manager"}
    }
    try:
        wait_for(lambda: _answers(second, port), 60)
        yield People(world, (world.stack.place.address("identity"), f"http://127.0.0.1:{port}"), contexts)
    finally:
        second.stop()
        for context in contexts.values():
            context.bell.close()
            context.database.close()
        world.set_clock(None)
        _read_keys_again(world)


# A call of each API that asks for a token. The kernel spreads new connections over the processes of a service: after so
# many, each of them has had one.
_ASKING = {
    "access-manager": "access/v1/organizations",
    "registration": "registration/v1/cases",
    "availability": "availability/v1/calendars",
}
_UNTIL_ALL = 40


def _read_keys_again(world: StackWorld) -> None:
    """Let every process look at identity's keys now: at the instant of the next test what it has might seem fresh."""
    for name in ("identity", POOL):
        for _ in range(_UNTIL_ALL):
            httpx.get(f"{world.stack.place.address(name)}/oauth/jwks").raise_for_status()
    for name, path in _ASKING.items():
        headers = {"Authorization": f"Bearer {service_token(world, path.partition('/')[0])}"}
        for _ in range(_UNTIL_ALL):
            httpx.get(f"{world.stack.place.address(name)}/api/{path}", headers=headers).raise_for_status()


def at_once(acts: Sequence[Callable[[], Found]]) -> list[Found]:
    """Do all of them in the same instant, as far as a machine can; return what each gave."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], Found]) -> Found:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@dataclass
class _ClockOf:
    """The stack's clock, for use cases that a test calls itself."""

    world: StackWorld

    def now(self) -> datetime:
        return self.world.now()


class _Straight(httpx.BaseTransport):
    """Does what the gateway does with a request, and chooses who gets it."""

    def __init__(self, worker: str, source: str) -> None:
        self._worker = urlsplit(worker)
        self._source = source
        self._inner = httpx.HTTPTransport(limits=_NO_KEEPING)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request on; Host stays that of the public origin."""
        url = request.url.copy_with(host=self._worker.hostname, port=self._worker.port)
        headers = {**request.headers, "X-Forwarded-For": self._source}
        sent = httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        return self._inner.handle_request(sent)


def _environment(world: StackWorld, service: str) -> dict[str, str]:
    program = next(entry for entry in PROGRAMS if entry.name == service)
    return environment_of(program, world.stack.place)


def _answers(process: Process, port: int) -> bool:
    process.fail_if_ended()
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez").status_code > 0
    except httpx.HTTPError:
        return False


def sign_in(visitor: PageVisitor, person: Someone, address: str = "/login") -> PageVisitor:
    """Type user ID and password."""
    visitor.open(address)
    visitor.fill("User ID", person.user_id)
    visitor.fill("Password", person.password)
    visitor.press("Sign in")
    return visitor


def type_code(visitor: PageVisitor, code: str) -> None:
    """Send six digits from where the browser is."""
    visitor.fill("6-digit code", code)
    visitor.press("Continue")


def sign_out(visitor: PageVisitor) -> None:
    """Leave by the page."""
    visitor.open("/logout")
    visitor.press("Sign out")


def at_work(people: People, visitor: PageVisitor) -> PageVisitor:
    """A new operator of the payer, signed in with two factors."""
    operator = people.someone("operator", population="staff", staff_role="operator", totp_secret=SECRET)
    sign_in(visitor, operator, "/admin")
    type_code(visitor, people.code())
    return visitor


def signed_in(people: People, cookies_of: PageVisitor, worker: int) -> bool:
    """Whether this worker takes the browser for somebody."""
    visitor = people.straight(worker, like=cookies_of)
    visitor.open("/account")
    return visitor.address.endswith("/account")
