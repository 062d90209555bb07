"""Other services learn of the terms and of who accepted them: at once, and of what was there before (F10, M2)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from identity.terms import service as terms
from identity.terms import telling
from shared.db.floor import outbox
from tests.service.identity.test_commands_and_demo import _run
from tests.service.identity.test_terms import ACCEPT, publish
from tests.service.identity.world import OLA, PAT, World

TOLD = ("terms.published", "terms.accepted")


def as_before_the_upgrade(world: World) -> None:
    """What was written by a program that did not tell anybody."""
    with world.context.transaction() as work:
        for table in ("terms_versions", "terms_acceptances"):
            work.session.execute(text(f"UPDATE {table} SET told_at = NULL"))
        work.session.execute(delete(outbox))


def test_a_version_is_told_when_it_is_published_with_the_day_it_counts_from(world: World) -> None:
    """Ahead of its day, without its text."""
    publish(world)
    publish(world, "New: lock your screen.", timedelta(days=30))
    first, second = world.published(*TOLD)
    assert (first.subject, first.sequence, second.sequence) == ("terms", 1, 2)
    assert first.data["version"] == 1 and second.data["version"] == 2
    assert set(second.data) == {"version", "effective_at"} and str(second.data["effective_at"]) > str(
        second.time.date()
    )


def test_an_acceptance_is_told_with_the_page_that_took_it(world: World) -> None:
    """Once, however often the button is pressed; it counts as a change of the account."""
    (pat,) = world.seed(PAT)
    publish(world)
    visitor = world.signed_in(PAT, world.ticket())
    visitor.choose(ACCEPT)
    visitor.press("Continue")
    with world.context.transaction() as work:
        assert terms.accept(work, pat, 1)
    [told] = world.published("terms.accepted")
    assert (told.subject, told.data["account_id"], told.data["version"]) == (pat, pat, 1)
    [opened, *_] = world.published("account.opened") or [told]
    assert told is opened or told.sequence > opened.sequence


def test_what_is_not_accepted_is_not_told(world: World) -> None:
    """A version that is not in force any more, a text that is missing."""
    (pat,) = world.seed(PAT)
    publish(world)
    publish(world, "The second text.")
    with world.context.transaction() as work:
        assert not terms.accept(work, pat, 1)
    assert world.published("terms.accepted") == []


def test_what_was_there_before_is_told_later_acceptances_first(world: World) -> None:
    """Listeners never hold a version against somebody who accepted it long ago."""
    pat, ola = world.seed(PAT, OLA)
    publish(world)
    with world.context.transaction() as work:
        assert terms.accept(work, pat, 1) and terms.accept(work, ola, 1)
    as_before_the_upgrade(world)
    telling.catch_up(world.context)
    assert [one.type for one in world.published(*TOLD)] == ["terms.accepted", "terms.accepted", "terms.published"]
    assert {one.subject for one in world.published("terms.accepted")} == {pat, ola}


def test_nothing_is_told_twice(world: World) -> None:
    """The job has nothing to do where everything was told with its own transaction, or by an earlier run."""
    (pat,) = world.seed(PAT)
    publish(world)
    with world.context.transaction() as work:
        terms.accept(work, pat, 1)
    with world.context.reading() as session:
        assert not telling.is_behind(session)
    assert telling.catch_up(world.context) == 0
    as_before_the_upgrade(world)
    with world.context.reading() as session:
        assert telling.is_behind(session)
    assert (telling.catch_up(world.context), telling.catch_up(world.context)) == (2, 0)
    with world.context.reading() as session:
        assert not telling.is_behind(session)


def test_after_a_restore_everything_is_told_again(world: World) -> None:
    """A listener that lost what it heard would hold the terms against everybody for good: one command mends it."""
    (pat,) = world.seed(PAT)
    publish(world)
    with world.context.transaction() as work:
        terms.accept(work, pat, 1)
    _run(world, "terms", "tell-again")
    world.run_jobs()
    told = [(one.type, one.data["version"]) for one in world.published(*TOLD)]
    assert told == [("terms.published", 1), ("terms.accepted", 1), ("terms.accepted", 1), ("terms.published", 1)]


def test_many_acceptances_are_told_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run ends, so that other jobs have their turn; the version waits until the last acceptance is told."""
    people = world.seed(PAT, OLA)
    publish(world)
    with world.context.transaction() as work:
        assert all(terms.accept(work, one, 1) for one in people)
    as_before_the_upgrade(world)
    monkeypatch.setattr(telling, "_BATCH", 1)
    monkeypatch.setattr(telling, "_BATCHES", 2)
    assert telling.catch_up(world.context) == 2 and world.published("terms.published") == []
    assert telling.catch_up(world.context) == 1 and len(world.published("terms.published")) == 1
