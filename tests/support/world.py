"""The suite in this process, answering on real loopback ports, with nothing happening behind a test's back.

Workers are not started: `settle` delivers every event and message that waits, so a test never sleeps.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyotp
import waitress

from deploy import allinone, demo
from shared.clock import SettableClock
from shared.contracts import CONTRACTS
from shared.events.event import Event
from shared.events.transport import Delivery
from shared.events.transports.memory import MemoryBus

# The cheapest hash that is still Argon2id: tests sign in hundreds of times.
QUICK_HASHES = {"hash_memory_kib": 64, "hash_passes": 1}


class World(Protocol):
    """A running suite, whatever its shape."""

    base_url: str
    portal_url: str
    facts: dict[str, Any]

    def now(self) -> datetime:
        """The suite's instant."""
        ...

    def set_clock(self, instant: datetime) -> None:
        """Put the suite's clock at `instant`."""
        ...

    def settle(self) -> None:
        """Return when every event and message that waited has been delivered."""
        ...

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Captured mail and text messages to an address, newest first."""
        ...

    def events(self) -> list[Event]:
        """Every event that any service has published so far, oldest first."""
        ...


class Spy:
    """Listens to everything."""

    service = "spy"
    bindings = frozenset((contract.sender, name) for name, contract in CONTRACTS.items())

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Keep the events, in order of arrival."""
        self.heard += [Event.from_bytes(delivery.body) for delivery in deliveries]


class OneProcess:
    """The all-in-one suite with demo people."""

    def __init__(self, folder: Path, *, start: datetime, bus: MemoryBus | None = None, hashes: bool = True) -> None:
        self._spy = Spy()
        bus = bus or MemoryBus()
        bus.attach(self._spy)
        self._servers: list[Any] = []
        self._threads: list[threading.Thread] = []
        late = _Handover()
        self.base_url = self._serve(late, "suite")
        late_portal = _Handover()
        self.portal_url = self._serve(late_portal, "portal")
        overrides: dict[str, object] = dict(QUICK_HASHES) if hashes else {}
        self.suite = allinone.build(
            folder, self.base_url, self.portal_url, clock=SettableClock(start), bus=bus, overrides=overrides
        )
        late.app, late_portal.app = self.suite.wsgi, self.suite.portal
        demo.seed(self.suite)
        self.suite.settle()
        self._spy.heard.clear()
        self.facts = self.suite.facts

    def now(self) -> datetime:
        """See World."""
        return self.suite.clock.now()

    def set_clock(self, instant: datetime) -> None:
        """See World."""
        self.suite.clock.freeze(instant)

    def settle(self) -> None:
        """See World."""
        self.suite.settle()

    def messages(self, to: str) -> list[dict[str, Any]]:
        """See World."""
        return [message.as_json() for message in self.suite.messages.list(to)]

    def events(self) -> list[Event]:
        """See World."""
        return list(self._spy.heard)

    def close(self) -> None:
        """Stop serving and let go of the files."""
        for server in self._servers:
            server.close()
        for thread in self._threads:
            thread.join(5)
        for context in self.suite.contexts.values():
            context.database.close()

    def _serve(self, app: "_Handover", name: str) -> str:
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=6)
        self._servers.append(server)
        thread = threading.Thread(target=_run, args=(server,), name=f"{name}-server", daemon=True)
        thread.start()
        self._threads.append(thread)
        return f"http://localhost:{server.effective_port}"


class _Handover:
    """Holds the port while the app that needs to know it is built."""

    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


def _run(server: Any) -> None:
    try:
        server.run()
    except OSError:
        return  # the listening socket was closed under the loop: the end of the test


def person(world: World, user_id: str) -> dict[str, Any]:
    """Return a demo person's entry of the facts."""
    return next(entry for entry in world.facts["people"] if entry["user_id"] == user_id)


def code_now(world: World, user_id: str) -> str:
    """Return the one-time code that a demo person's authenticator app shows at the suite's instant."""
    return pyotp.TOTP(person(world, user_id)["totp_secret"]).at(world.now())


@contextmanager
def one_process(folder: Path, start: datetime) -> Iterator[OneProcess]:
    """Run a world for the length of a block."""
    world = OneProcess(folder, start=start)
    try:
        yield world
    finally:
        world.close()
