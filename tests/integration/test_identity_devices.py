"""Devices, shared computers and letters about sign-ins under rivals, on real PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from identity.devices import computers
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.risk import alarms
from identity.sessions import service as sessions
from tests.integration.test_identity_races import at_once
from tests.service.identity.browsers import FIREFOX, at, known_at, letters, sign_in
from tests.service.identity.test_not_me import BUTTON, NEW, link, told
from tests.service.identity.world import PAT, World

RIVALS = 12
HERE = Browser("secret", "Chrome on Windows", "192.0.2.10", "AS64500", family="Chrome")


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def test_a_link_that_disowns_is_used_once_by_twelve(world: World) -> None:
    """Capability D2: twelve presses at once: one protects the account, eleven are told that it is over; one letter."""
    world.seed(PAT)
    known_at(world, PAT)
    sign_in(at(world, agent=FIREFOX), PAT)
    told(world)
    owners = [at(world) for _ in range(RIVALS)]
    for owner in owners:
        owner.open(link(world))
    at_once([lambda owner=owner: owner.press(BUTTON) for owner in owners])  # type: ignore[misc]
    assert sorted(owner.answer.status_code for owner in owners) == [200, *[410] * (RIVALS - 1)]
    assert [action for action, _ in world.audited()].count("sign_in.disowned") == 1
    assert len(letters(world, "Your account was signed out everywhere")) == 1


def test_four_workers_write_one_letter(world: World) -> None:
    """Capability D2: what waits is taken once, whoever comes first."""
    world.seed(PAT)
    known_at(world, PAT)
    sign_in(at(world, agent=FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=6))
    at_once([lambda: _ignore(alarms.tell(world.context))] * 4)
    assert len(letters(world, NEW)) == 1


def test_one_browser_that_signs_in_many_times_at_once_is_one_device(world: World) -> None:
    """The same cookie in parallel requests makes one row, and every request is given its id."""
    first, second = world.seed(PAT, replace(PAT, user_id="sam.second", email="sam@lakeside.example"))
    with world.context.transaction() as work:
        _id, secret = devices.seen(work, first, HERE, proved=False)
    browser, found = replace(HERE, secret=secret), []

    def seen() -> None:
        with world.context.transaction() as work:
            found.append(devices.seen(work, second, browser, proved=True))

    at_once([seen] * RIVALS)
    assert len(set(found)) == 1
    with world.context.reading() as session:
        assert len(devices.listing(session, second)) == 1


def test_a_shared_computer_holds_one_session_whoever_comes_at_once(world: World) -> None:
    """Capability A5: of twelve sign-ins at once at one shared computer one session stays; the others are ended."""
    people = [replace(PAT, user_id=f"person.{n}", email=f"p{n}@lakeside.example") for n in range(RIVALS)]
    ids = world.seed(*people)
    reception = replace(HERE, secret=None, shared=True, computer="reception")

    def enter(account_id: str) -> None:
        with world.context.transaction() as work:
            session, _secret = sessions.open_session(work, account_id, ("pwd",), work.now, browser=reception)
            former = computers.occupy(work, reception, session.id)
            if former is not None:
                sessions.end(work, former, "switched_person")

    at_once([lambda one=one: enter(one) for one in ids])  # type: ignore[misc]
    now = world.clock.now()
    with world.context.reading() as session:
        assert sum(len(sessions.listing(session, account_id, now)) for account_id in ids) == 1
    assert len(world.published("session.ended")) == RIVALS - 1


def _ignore(_count: int) -> None:
    """A job's count, where only its effect matters."""
