"""Clients on PostgreSQL, in two processes at once: failures counted, leave to register kept, switched off for all."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from identity.oidc.registration import changing
from tests.service.identity_oidc.desk import failures_of
from tests.service.identity_oidc.registering import SOUND, ask, count, leave, manage, registered, side_by_side
from tests.service.identity_oidc.suite import App, Suite, prepare


@pytest.fixture
def two(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[tuple[Suite, Suite]]:
    """Two processes of one identity."""
    url = postgres("identity")
    first = Suite(tmp_path, url)
    prepare(first)
    second = Suite(tmp_path, url)
    yield first, second
    for suite in (first, second):
        suite.close()


def test_two_processes_count_failures_together(two: tuple[Suite, Suite]) -> None:
    """The first row of a code is made once, and no failure is lost between processes."""

    def fail(suite: Suite) -> int:
        return suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong")).status_code

    assert side_by_side([partial(fail, suite) for suite in two * 2]) == [401] * 4
    (found,) = failures_of(two[0].context, "portal").values()
    assert (found.times, len(found.examples)) == (4, 4)


def test_leave_to_register_is_kept_between_processes(two: tuple[Suite, Suite]) -> None:
    """Threat 53: of eight with a token for three, three get in, whichever process they meet."""
    token, before = leave(two[0], uses=3), count(two[0])

    def register(suite: Suite) -> int:
        return ask(suite, token).status_code

    assert side_by_side([partial(register, suite) for suite in two * 4]) == [201] * 3 + [401] * 5
    assert count(two[1]) == before + 3


def test_a_registration_token_turns_once(two: tuple[Suite, Suite]) -> None:
    """RFC 7592: of two changes with one token one counts."""
    made = registered(two[0])
    body = SOUND | {"client_id": made["client_id"]}

    def put(suite: Suite) -> int:
        return manage(suite, "PUT", made["client_id"], made["registration_access_token"], body).status_code

    assert side_by_side([partial(put, suite) for suite in two * 2]) == [200, 401, 401, 401]


def test_a_client_switched_off_here_is_off_there_within_a_second(two: tuple[Suite, Suite]) -> None:
    """Issue 4 and G4: measured from the commit, at a process that used the client a moment ago."""
    here, there = two
    program = App(there, "access-manager")
    assert program.own_token().status_code == 200
    with here.context.transaction() as work:
        changing.switch(work, "access-manager", False, "broken into")
    began = time.monotonic()
    while program.own_token().status_code == 200:
        assert time.monotonic() - began < 1
    assert program.own_token().status_code == 401
