"""Several calls over one connection are guarded like single ones: threat 12 tried on real sockets (ASVS 1.3.6)."""

import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from identity.oidc.outbound.fetcher import LARGEST, Fetcher, Line, Unreachable
from tests.service.identity_oidc.strangers import Talk, says, stranger

ACCEPTED = says(b"", status="202 Accepted")
FORM = {"logout_token": "a.b.c"}


class Names:
    """Names and where they lead."""

    def __init__(self, **addresses: str) -> None:
        self._addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        self.asked.append(host)
        return [self._addresses[host]]


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def names() -> Names:
    """A name of an app at home; nobody is asked twice what it leads to."""
    return Names(localhost="127.0.0.1")


@pytest.fixture
def clock() -> Clock:
    """What the time of a call is measured with."""
    return Clock()


@pytest.fixture
def line(names: Names, clock: Clock) -> Iterator[Line]:
    """A line of the local run, where loopback may be called."""
    with Fetcher(allow_loopback=True, resolve=names, tick=clock).line() as made:
        yield made


def test_one_connection_for_all_that_is_told_to_a_place(line: Line, names: Names) -> None:
    """Asked once where the name leads, connected once, told three times."""
    with stranger(ACCEPTED, keeps=True) as other:
        assert [line.post_form(other.url(host="localhost"), FORM).status for _ in range(3)] == [202] * 3
        assert (other.called, len(other.heard), names.asked) == (1, 3, ["localhost"])


def test_each_call_has_a_time_of_its_own(line: Line, clock: Clock) -> None:
    """Four seconds between calls, five for each: the third is as good as the first."""
    with stranger(ACCEPTED, keeps=True) as other:
        for _ in range(3):
            assert line.post_form(other.url(host="localhost"), FORM).status == 202
            clock.now += 4
        assert other.called == 1


def test_one_that_hangs_up_is_called_again(line: Line) -> None:
    """An app that closes after each answer, as many do: a connection each, and no call is lost."""
    with stranger(says(b"", status="204 No Content", headers="Connection: close\r\n")) as other:
        assert [line.post_form(other.url(host="localhost"), FORM).status for _ in range(3)] == [204] * 3
        assert other.called == 3


def test_one_that_hangs_up_without_a_word_is_called_again(line: Line) -> None:
    """It closed while nobody was asking."""
    left = threading.Event()

    def leaves(wire: socket.socket, over: threading.Event) -> None:
        ACCEPTED(wire, over)
        wire.shutdown(socket.SHUT_RDWR)
        left.set()

    with stranger(leaves) as other:
        for _ in range(2):
            assert line.post_form(other.url(host="localhost"), FORM).status == 202
            assert left.wait(5)
            left.clear()


@pytest.mark.parametrize(
    "answer", [says(b"thanks", status="202 Accepted"), says(b"a" * LARGEST * 2, status="503 Away")]
)
def test_what_an_answer_says_is_not_read_and_costs_the_connection(line: Line, answer: Talk) -> None:
    """Nobody can make us read: where there is a body that nobody wants, the next call begins anew."""
    with stranger(answer) as other:
        first = line.post_form(other.url(host="localhost"), FORM)
        assert line.post_form(other.url(host="localhost"), FORM) == first and other.called == 2


def test_attack_12_another_place_is_looked_at_anew() -> None:
    """Threat 12: what one name was allowed opens nothing for the next, however the line was used before."""
    names = Names(localhost="127.0.0.1", inside="10.0.0.1")
    with Fetcher(allow_loopback=True, resolve=names).line() as line, stranger(ACCEPTED, keeps=True) as other:
        assert line.post_form(other.url(host="localhost"), FORM).status == 202
        for url in ("https://inside/", "http://inside/", "https://u@localhost/", "ftp://localhost/"):
            with pytest.raises(Unreachable):
                line.post_form(url, FORM)
        assert line.post_form(other.url(host="localhost"), FORM).status == 202
