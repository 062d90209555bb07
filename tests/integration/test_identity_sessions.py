"""Sessions under rivals, on real PostgreSQL: ended once, never brought back, settled once, with no dead-lock."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from identity.accounts import service as accounts
from identity.sessions import service as sessions
from identity.sessions.models import Session
from shared.service import Work
from tests.integration.test_identity_races import RIVALS, at_once
from tests.service.identity.world import PAT, World


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def opened(world: World, account_id: str, number: int = 1, **facts: str) -> list[str]:
    """Begin sessions; their ids."""
    with world.context.transaction() as work:
        return [
            sessions.open_session(work, account_id, ("pwd",), work.now, **facts)[0].id  # type: ignore[arg-type]
            for _ in range(number)
        ]


def each(world: World, act: Callable[[Work], object], told: list[object]) -> Callable[[], None]:
    """An act in a transaction of its own, whose outcome is noted."""

    def run() -> None:
        with world.context.transaction() as work:
            told.append(act(work))

    return run


def test_sixteen_who_end_all_end_each_session_once(world: World) -> None:
    """threat 53: the person, the desk, the worker and the rest at once; every app hears of every end once."""
    (pat,) = world.seed(PAT)
    ids = opened(world, pat, 12)
    told: list[object] = []
    at_once([each(world, lambda work: sessions.end_all(work, pat, "credential_changed"), told)] * RIVALS)
    assert sum(int(str(number)) for number in told) == 12
    assert sorted(event.subject for event in world.published("session.ended")) == sorted(ids)


def test_time_and_a_person_end_it_together(world: World) -> None:
    """The job and the button: one of them, and no dead-lock over many sessions."""
    (pat,) = world.seed(PAT)
    opened(world, pat, 30)
    world.clock.advance(timedelta(minutes=61))
    told: list[object] = []
    by_person = [each(world, lambda work: sessions.end_all(work, pat, "signed_out"), told)] * 4
    at_once([*by_person, *[lambda: told.append(sessions.end_timed_out(world.context))] * 4])
    assert sum(int(str(number)) for number in told) == 30
    assert len(world.published("session.ended")) == 30


def test_what_is_ended_is_not_brought_back(world: World) -> None:
    """threat 15, threat 20: use, a proof and a choice that arrive with the end never leave an open session behind."""
    (pat,) = world.seed(PAT)
    for _ in range(5):
        (one,) = opened(world, pat)
        told: list[object] = []
        acts: list[Callable[[Work], object]] = [
            lambda work, one=one: sessions.end(work, one, "signed_out"),  # type: ignore[misc]
            lambda work, one=one: sessions.touch(work, one),  # type: ignore[misc]
            lambda work, one=one: sessions.raise_assurance(work, one, ("otp",), work.now),  # type: ignore[misc]
            lambda work, one=one: sessions.choose_organization(work, one, "org_clinic"),  # type: ignore[misc]
        ]
        at_once([each(world, act, told) for act in acts * 2])
        with world.context.reading() as session:
            assert sessions.by_id(session, one, world.clock.now()) is None
            assert session.scalars(select(Session.ended_at).where(Session.id == one)).one() is not None


def test_a_debt_is_paid_once(world: World) -> None:
    """Sixteen right answers in the same instant leave one line in the audit."""
    (pat,) = world.seed(PAT)
    (one,) = opened(world, pat, owes="verify")
    at_once([each(world, lambda work: sessions.settle(work, one, "verify"), [])] * RIVALS)
    assert world.audited().count(("session.settled", pat)) == 1


def test_a_sign_in_that_overlaps_a_hold_is_nobody(world: World) -> None:
    """threat 53: the session may begin as the hold does; it opens nothing, and the next sweep ends it."""
    (pat,) = world.seed(PAT)
    told: list[object] = []

    def hold(work: Work) -> object:
        held = accounts.suspend(work, pat, "left_the_practice")
        sessions.end_all(work, pat, "account_held")
        return held

    begin = each(world, lambda work: sessions.open_session(work, pat, ("pwd",), work.now)[0].id, told)
    at_once([each(world, hold, []), *[begin] * 4])
    with world.context.reading() as session:
        assert not [one for one in sessions.listing(session, pat, world.clock.now()) if one.entered]
