"""A receiver that answers is told by the batch: people side by side, each in order, over kept connections (K4)."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta

import pytest

from identity.oidc.outbound.patience import LEASE
from identity.oidc.provider import Provider
from tests.service.identity_oidc.strangers import says, stranger
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import Ears, Line, pushed, rows
from tests.service.identity_signals.receivers import PUSH, Receiver
from tests.support.signal_receiver import SignalReceiver

SOON = 5.0  # seconds; G4: out of the house
MORE_THAN_ENOUGH = 20  # receivers that hang, more than any small number of threads


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def pair(receiver: Receiver) -> Iterator[tuple[Line, SignalReceiver]]:
    """A stream, and the receiver's end of it."""
    with pushed(receiver) as made:
        yield made


@pytest.fixture
def line(pair: tuple[Line, SignalReceiver]) -> Line:
    """The stream."""
    return pair[0]


@pytest.fixture
def end(pair: tuple[Line, SignalReceiver]) -> SignalReceiver:
    """The receiver's end."""
    return pair[1]


def happened(suite: Suite, people: int, each: int = 1) -> dict[str, list[str]]:
    """Let sessions of several people end, in turns; return each one's session ids in that order."""
    accounts = [suite.person(f"pat{suite.context.ids.digits()}") for _ in range(people)]
    ended = {account_id: [suite.browser(account_id).sid for _ in range(each)] for account_id in accounts}
    for number in range(each):
        for sids in ended.values():
            suite.end_session(sids[number])
    return ended


def told(line: Line, end: SignalReceiver) -> dict[str, list[str]]:
    """Return the sessions that the receiver's end was told of, by person, in the order of arrival."""
    found: dict[str, list[str]] = {}
    for one in line.read(*end.tokens):
        found.setdefault(one.subject["user"]["sub"], []).append(one.subject["session"]["id"])
    return found


def owed(ears: Ears, end: SignalReceiver) -> None:
    """Let what happened be owed while nobody takes it; then the receiver is back and everything is due."""
    end.down()
    ears.settle()
    end.up()
    ears.suite.clock.advance(timedelta(seconds=5))


class Meeting(SignalReceiver):
    """Answers the first request at once, and then none before `together` are there."""

    def __init__(self, together: int) -> None:
        self._met = threading.Barrier(together)
        self.failed = False
        super().__init__()

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a set, and wait for the others."""
        super().take(path, headers, body)
        if len(self.received) > 1:
            try:
                self._met.wait(SOON)
            except threading.BrokenBarrierError:
                self.failed = True


def test_people_are_told_of_side_by_side(suite: Suite, receiver: Receiver, ears: Ears) -> None:
    """Once a receiver has taken one set, eight are under way at a time: none is answered before all are there."""
    with Meeting(8) as meeting:
        delivery = {"method": PUSH, "endpoint_url": meeting.url}
        line = Line(receiver, receiver.stream(delivery=delivery))
        ended = happened(suite, people=9)
        owed(ears, meeting)
        assert ears.settle() == 9
        assert told(line, meeting) == ended and not meeting.failed


def test_a_person_is_told_of_in_order(suite: Suite, line: Line, end: SignalReceiver, ears: Ears) -> None:
    """RFC 8417 promises no order; here the last that is said of somebody's functions is the one that is true."""
    ended = happened(suite, people=6, each=4)
    owed(ears, end)
    while ears.settle():
        pass
    assert told(line, end) == ended
    assert {row.outcome for row in rows(suite)} == {"taken"}


def test_the_first_request_after_a_silence_is_alone(suite: Suite, line: Line, end: SignalReceiver, ears: Ears) -> None:
    """Threat 12: who hangs holds one thread and one connection, however much it is owed."""
    happened(suite, people=10)
    owed(ears, end)
    end.status = 503
    ears.settle()
    assert len(end.received) == 1
    assert sorted(row.tries for row in rows(suite)) == [0] * 9 + [2]


class TurnsAway(SignalReceiver):
    """Takes so many sets and then says that it is not there."""

    def __init__(self, takes: int) -> None:
        self._takes = takes
        super().__init__()

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a set while there is room."""
        super().take(path, headers, body)
        self.status = 202 if len(self.received) <= self._takes else 503


def test_who_goes_away_in_the_middle_is_told_the_rest_later(suite: Suite, receiver: Receiver, ears: Ears) -> None:
    """What was under way counts as tried, what was not does not; nothing is lost, and each person's order stays."""
    with TurnsAway(12) as end:
        line = Line(receiver, receiver.stream(delivery={"method": PUSH, "endpoint_url": end.url}))
        ended = happened(suite, people=5, each=8)
        owed(ears, end)
        ears.settle()
        before = rows(suite)
        waiting = [row for row in before if row.settled_at is None]
        assert 0 < len(waiting) < 40 and sum(row.tries > 0 for row in waiting) <= 8
        assert all(row.due_at > suite.clock.now() for row in waiting if row.tries)
        refused = len(end.received) - (40 - len(waiting))
        end.__class__ = SignalReceiver
        end.status = 202
        ears.later(seconds=20)
        while ears.settle():
            pass
        assert len(end.received) == 40 + refused
        last = {person: list(dict.fromkeys(reversed(sids)))[::-1] for person, sids in told(line, end).items()}
        assert last == ended


class Clockwork(SignalReceiver):
    """Lets time pass with the second set that comes."""

    def __init__(self, suite: Suite, by: timedelta) -> None:
        self._suite, self._by = suite, by
        super().__init__()

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a set; whoever sent it has waited long for that."""
        super().take(path, headers, body)
        if len(self.received) == 2:
            self._suite.clock.advance(self._by)


def test_nothing_is_begun_that_could_outlast_its_claim(suite: Suite, receiver: Receiver, ears: Ears) -> None:
    """A batch at a slow receiver: what is left over near the end of the claim goes back untried, and goes out next."""
    with Clockwork(suite, LEASE - timedelta(seconds=9)) as end:
        line = Line(receiver, receiver.stream(delivery={"method": PUSH, "endpoint_url": end.url}))
        ended = happened(suite, people=1, each=6)
        owed(ears, end)
        while ears.settle():
            pass
        assert told(line, end) == ended
        assert [row.tries for row in rows(suite)] == [2, 1, 1, 1, 1, 1]


class Changes(SignalReceiver):
    """Does something once the second set has come."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        super().__init__()

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a set."""
        super().take(path, headers, body)
        if len(self.received) == 2:
            self._act()


@pytest.mark.parametrize("how", ["paused", "switched off"])
def test_who_stops_listening_in_the_middle_is_told_no_more(
    suite: Suite, receiver: Receiver, ears: Ears, how: str
) -> None:
    """SSF 1.0 §8.1.2: paused while a batch is on its way, or switched off by an operator: what waits stays as it is."""

    def stop() -> None:
        if how == "paused":
            assert receiver.status(line.id, "paused").status_code == 200
        else:
            receiver.change(enabled=False)
            suite.context.part(Provider).clients.forget()

    with Changes(stop) as end:
        line = Line(receiver, receiver.stream(delivery={"method": PUSH, "endpoint_url": end.url}))
        ended = happened(suite, people=1, each=6)
        owed(ears, end)
        ears.settle()
        assert len(end.received) == 2
        assert [(row.outcome, row.tries) for row in rows(suite)[2:6]] == [(None, 0)] * 4
        receiver.change()
        suite.context.part(Provider).clients.forget()
        assert receiver.status(line.id, "enabled").status_code == 200
        while ears.settle():
            pass
        assert told(line, end) == ended


def test_twenty_that_hang_hold_up_nobody(suite: Suite, line: Line, end: SignalReceiver, ears: Ears) -> None:
    """G4, attack 19: as many as that take ten seconds each, one answers: it has been told within five."""
    with ExitStack() as open_ends:
        hanging = [
            open_ends.enter_context(pushed(Receiver(suite, f"slow-{number}")))[1] for number in range(MORE_THAN_ENOUGH)
        ]
        for one in hanging:
            one.may_answer.clear()
        ended = happened(suite, people=3)
        ears.hear()
        assert all(one.came.wait(SOON) for one in hanging)
        assert end.came.wait(SOON)
        for one in hanging:
            one.may_answer.set()
        ears.settle()
        assert told(line, end) == ended


def test_a_connection_is_kept_while_there_is_more(suite: Suite, receiver: Receiver, ears: Ears) -> None:
    """Ten sets of one person: as many requests, one connection."""
    with stranger(says(b"", status="202 Accepted"), keeps=True) as end:
        receiver.stream(delivery={"method": PUSH, "endpoint_url": end.url()})
        happened(suite, people=1, each=10)
        ears.settle()
        while ears.settle():
            pass
        assert {row.outcome for row in rows(suite)} == {"taken"}
        assert end.called <= 2 and len(end.heard) == 10
