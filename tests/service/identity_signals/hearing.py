"""A receiver that listens: its stream, by push or poll, and identity's worker until everything due was carried."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select

from identity.signals.delivery.courier import Courier
from identity.signals.models import sets
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.events.transports.memory import MemoryBus
from shared.worker import Worker
from tests.service.identity_oidc.suite import CLINIC, ORIGIN, Suite
from tests.service.identity_signals.receivers import PUSH, Receiver
from tests.support.logout_receiver import keys_of
from tests.support.signal_receiver import Heard, SignalReceiver, validated_set

LONG = 15.0  # seconds; longer than any attempt may take


class Ears:
    """Identity's worker, as far as receivers wait for it; every event comes twice, as a broker may bring it."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self._inbox = Inbox(suite.context)
        bus = MemoryBus(twice=True)
        bus.attach(self._inbox)
        self._worker = Worker(suite.context, bus.publisher("identity"), None, {})

    def hear(self) -> None:
        """Take in what identity published; what is pushed is on its way when this returns."""
        self._worker.relay.drain()

    def settle(self) -> int:
        """Return when everything that is due was tried; how many sets are settled by that."""
        self.hear()
        courier = self.suite.context.part(Courier)
        courier.look()
        return courier.settled(LONG)

    def later(self, **time: float) -> int:
        """Let time pass, then the same."""
        self.suite.clock.advance(timedelta(**time))
        return self.settle()

    def membership(self, account_id: str, kind: str, sequence: int, *functions: str, **changes: Any) -> None:
        """Let a membership's event arrive from access-manager, twice."""
        state = {
            "membership_id": f"mbr_{account_id[-8:]}",
            "account_id": account_id,
            "organization": {**CLINIC, "tin_last4": "1234"},
            "status": "active",
            "role": "member",
            "functions": list(functions),
            "starts_at": "2026-11-01T00:00:00Z",
            "ends_at": None,
            **changes,
        }
        event_id, now = self.suite.context.ids.new("evt"), self.suite.clock.now()
        event = Event(event_id, kind, "access-manager", state["membership_id"], sequence, now, state)
        delivery = Delivery("access-manager", kind, event.to_bytes())
        self._inbox.receive([delivery])
        self._inbox.receive([delivery])


class Line:
    """A stream of a receiver, and what came by it, each set checked as its receiver must."""

    def __init__(self, receiver: Receiver, made: dict[str, Any]) -> None:
        self.receiver, self.id, self.made = receiver, str(made["stream_id"]), made

    def poll(self, **body: Any) -> httpx.Response:
        """Ask for sets (RFC 8936), with a new token where the old one has run out."""
        answer = self._post(body)
        if answer.status_code == 401:
            self.receiver.token = self.receiver.ask_token()
            answer = self._post(body)
        return answer

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.receiver.token}"}
        return self.receiver.suite.http.post(self.made["delivery"]["endpoint_url"], json=body, headers=headers)

    def polled(self, **body: Any) -> list[Heard]:
        """Return what waits, checked, in the order in which it is told."""
        answer = self.poll(**body)
        assert answer.status_code == 200, answer.text
        found = self.read(*answer.json()["sets"].values())
        assert [one.jti for one in found] == list(answer.json()["sets"])
        return found

    def read(self, *tokens: str) -> list[Heard]:
        """Check sets, whichever way they came."""
        suite = self.receiver.suite
        keys, now = keys_of(suite.http), suite.clock.now().timestamp()
        return [validated_set(token, keys, ORIGIN, self.receiver.name, now) for token in tokens]


def polling(receiver: Receiver, **body: Any) -> Line:
    """Make a stream that is polled."""
    return Line(receiver, receiver.stream(**body))


@contextmanager
def pushed(receiver: Receiver, authorization: str | None = None, **body: Any) -> Iterator[tuple[Line, SignalReceiver]]:
    """Run an endpoint and make a stream that is pushed there."""
    with SignalReceiver() as end:
        delivery = {"method": PUSH, "endpoint_url": end.url}
        delivery |= {"authorization_header": authorization} if authorization else {}
        yield Line(receiver, receiver.stream(delivery=delivery, **body)), end


def rows(suite: Suite) -> list[Any]:
    """Return every set as it stands, in order."""
    with suite.context.reading() as session:
        return list(session.execute(select(sets).order_by(sets.c.made_at, sets.c.id)))
