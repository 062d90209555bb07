"""Guessing at four workers at once: the counts are shared, and without Redis they are stricter, never gone."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from deploy.servers.debian import free_port
from deploy.servers.process import Process
from tests.support.stack import StackWorld
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

WORKERS, TRIES, AT_ONCE = 4, 100, 16
A_NAME, A_SOURCE = 10, 30  # what the defaults allow: failures on a name, failures a minute from one source
CHECKED, TOLD_TO_WAIT = 403, 429


class Guesser:
    """Sends the sign-in form to four workers of identity, from whatever address the gateway would have seen."""

    def __init__(self, world: StackWorld, address: str) -> None:
        self._origin, self._address = world.base_url, address
        self._host = world.base_url.split("://", 1)[1]
        page = httpx.get(f"{address}/login", headers={"Host": self._host})
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found is not None
        self._token, self._cookies = found.group(1), "; ".join(f"{one.name}={one.value}" for one in page.cookies.jar)

    def guess(self, name: str, source: str) -> int:
        """One wrong password; the status of the answer. A connection of its own, so that any worker may take it."""
        form = {"csrf_token": self._token, "user_id": name, "password": "not the password at all"}
        headers = {"Host": self._host, "Origin": self._origin, "Cookie": self._cookies, "X-Forwarded-For": source}
        return httpx.post(f"{self._address}/login", data=form, headers=headers, timeout=30).status_code


@pytest.fixture
def guesser(stack_world: StackWorld) -> Iterator[Guesser]:
    """Four more workers beside the stack's own, on the same database and the same Redis; the clock stands still."""
    stack_world.set_clock(stack_world.now())
    running = stack_world.stack.processes["identity"]
    port = free_port()
    metrics = str(stack_world.stack.place.fresh("metrics-of-four"))
    own = {"WEB_BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": str(WORKERS), "PROMETHEUS_MULTIPROC_DIR": metrics}
    four = Process("identity-of-four", running.command, running.folder, {**running.environment, **own})
    four.start()
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(four, address), 60)
        yield Guesser(stack_world, address)
    finally:
        four.stop()
        stack_world.set_clock(None)


def answers(process: Process, address: str) -> bool:
    """Whether the server answers at all; fails with its last words where it ended."""
    process.fail_if_ended()
    try:
        return httpx.get(f"{address}/livez").status_code > 0
    except httpx.HTTPError:
        return False


def in_a_rush(guess: Callable[[int], int]) -> Counter[int]:
    """A hundred guesses, sixteen at a time: how often each status came back."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(guess, range(TRIES)))


def fresh(word: str) -> str:
    """A name that nobody has tried at."""
    return f"{word}.{time.monotonic_ns()}"


def test_a_hundred_guesses_at_one_name_from_everywhere_are_ten(guesser: Guesser) -> None:
    """D5, threat 27: however many workers and addresses, no more than the limit is checked; the rest waits."""
    name = fresh("nobody")
    told = in_a_rush(lambda number: guesser.guess(name, f"198.51.100.{number + 1}"))
    assert set(told) <= {CHECKED, TOLD_TO_WAIT} and 5 <= told[CHECKED] <= A_NAME


def test_a_hundred_names_sprayed_from_one_source_are_thirty(guesser: Guesser) -> None:
    """D5, threat 27: exactly the limit of a minute, shared by all workers."""
    word = fresh("sprayed")
    told = in_a_rush(lambda number: guesser.guess(f"{word}.{number}", "203.0.113.77"))
    assert told == {CHECKED: A_SOURCE, TOLD_TO_WAIT: TRIES - A_SOURCE}


def test_without_redis_four_workers_together_check_no_more(guesser: Guesser, stack_world: StackWorld) -> None:
    """D5, threat 42: each worker counts for itself, to a quarter; nothing is open; later all is well again."""
    name, word = fresh("nobody"), fresh("sprayed")
    with stack_world.servers.redis.away():
        one_name = in_a_rush(lambda number: guesser.guess(name, f"198.51.100.{number + 1}"))
        one_source = in_a_rush(lambda number: guesser.guess(f"{word}.{number}", "203.0.113.78"))
    assert set(one_name) | set(one_source) <= {CHECKED, TOLD_TO_WAIT}
    assert 1 <= one_name[CHECKED] <= A_NAME and 1 <= one_source[CHECKED] <= A_SOURCE
    assert guesser.guess(fresh("afterwards"), "203.0.113.79") == CHECKED
