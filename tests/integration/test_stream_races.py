"""Streams of shared signals under many rivals, on real PostgreSQL, through the front door (K4)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import func, select

from identity.signals.models import SignalSet, SignalStream
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.receivers import Receiver

RIVALS = 20


@pytest.fixture
def receiver(suite: Suite) -> Receiver:
    """A receiver that an operator gave both scopes."""
    return Receiver(suite)


def at_once(call: Callable[[], httpx.Response]) -> Counter[int]:
    """Make the same call from many threads; return how often each status came."""
    with ThreadPoolExecutor(RIVALS) as pool:
        return Counter(done.result().status_code for done in [pool.submit(call) for _ in range(RIVALS)])


def count(suite: Suite, table: type[SignalStream] | type[SignalSet]) -> int:
    """Return how many rows there are."""
    with suite.context.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_of_twenty_creations_one_makes_a_stream(suite: Suite, receiver: Receiver) -> None:
    """The others are told that there is one; of the next twenty that delete it one finds it."""
    assert at_once(receiver.create) == {201: 1, 409: RIVALS - 1}
    assert count(suite, SignalStream) == 1
    (made,) = receiver.read().json()
    gone = {"stream_id": made["stream_id"]}
    assert at_once(lambda: receiver.call("DELETE", "configuration", params=gone)) == {204: 1, 404: RIVALS - 1}


def test_of_twenty_verifications_one_is_sent(suite: Suite, receiver: Receiver) -> None:
    """In the same minute; the others are told to wait (429)."""
    stream_id = receiver.stream()["stream_id"]
    assert at_once(lambda: receiver.verify(stream_id)) == {204: 1, 429: RIVALS - 1}
    assert count(suite, SignalSet) == 1


def test_twenty_who_name_the_same_person_agree(suite: Suite, receiver: Receiver) -> None:
    """Nobody stumbles over anybody: a subject is added once, however often it is."""
    subject = {"format": "opaque", "id": suite.person()}
    stream_id = receiver.stream()["stream_id"]
    assert at_once(lambda: receiver.subject("add", stream_id, subject)) == {200: RIVALS}
