"""Attacks on sign-in that need two transactions at once, on real PostgreSQL."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from identity.accounts import service as accounts
from identity.devices.browser import Browser
from identity.login import service as login
from identity.operators.people import service as operators
from identity.operators.people.acts import Act
from identity.sessions import service as sessions
from shared.service import SYSTEM
from tests.service.identity.browsers import FIREFOX, at, known_at, sign_in
from tests.service.identity.world import PAT, World

THIEF = Browser(None, "Firefox on Linux", "192.0.2.10", "192.0.0.0/16", family="Firefox")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def test_no_sign_in_slips_past_the_link_that_says_it_was_not_me(world: World) -> None:
    """Threats 20, 52, D2: a thief signs in while the owner presses the button; no session of theirs is left."""
    (pat,) = world.seed(PAT)
    known_at(world, PAT)
    sign_in(at(world, agent=FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    link = re.search(r"/recover/not-me\?token=[\w-]+", "".join(mail.body for mail in world.mails()))
    assert link is not None
    owner = world.browser()
    owner.open(link.group())
    _while_somebody_enters(world, pat, lambda: owner.press("It was not me. Protect my account"))
    assert owner.address.endswith("/done") and _open_sessions(world, pat) == 0


def test_no_sign_in_slips_past_an_operator_who_ends_all(world: World) -> None:
    """ASVS 7.4.5, threat 53: a new password is demanded, and the sign-in of that very instant ends as well."""
    (pat,) = world.seed(PAT)

    def demand() -> None:
        with world.context.transaction(SYSTEM) as work:
            account = accounts.get(work.session, pat)
            assert account is not None
            assert isinstance(operators.perform(work, Act.REQUIRE_RESET, account, "stolen"), operators.Done)

    _while_somebody_enters(world, pat, demand)
    assert _open_sessions(world, pat) == 0


def _while_somebody_enters(world: World, account_id: str, act: Callable[[], object]) -> None:
    """Do the act while a sign-in of the account is written and not yet committed; the act waits, or is done before."""
    acting = Thread(target=act)
    with world.context.transaction(SYSTEM) as work:
        assert isinstance(login.enter(work, account_id, ("pwd",), THIEF, None), login.Entered)
        acting.start()
        while acting.is_alive() and not _somebody_waits(world):
            acting.join(0.02)
    acting.join()


def _somebody_waits(world: World) -> bool:
    with world.context.reading() as session:
        return bool(session.scalar(_WAITING))


def _open_sessions(world: World, account_id: str) -> int:
    with world.context.reading() as session:
        return len(sessions.listing(session, account_id, world.clock.now()))
