"""On PostgreSQL: an office's worth of people who accepted the terms under an earlier release become known elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.terms import telling
from tests.service.identity.test_terms import publish
from tests.service.identity.world import World

PEOPLE = 1_200  # more than the job tells in one transaction
_ACCOUNTS = f"""
    INSERT INTO accounts (id, opened_by, user_id, user_id_canonical, display_name, email, email_key, email_verified,
        phone_verified, population, status, language, opened_at, version)
    SELECT 'acc_' || n, 'registration', 'user.' || n, 'user.' || n, 'Person ' || n, 'p' || n || '@lakeside.example',
        'p' || n || '@lakeside.example', true, false, 'provider', 'active', 'en', now(), 3
    FROM generate_series(1, {PEOPLE}) n"""
# As a program of the earlier release writes it, which knows of no column beside these.
_ACCEPTED = "INSERT INTO terms_acceptances (account_id, version, accepted_at) SELECT id, 1, now() FROM accounts"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on PostgreSQL: terms in force, accepted by everybody, and nobody elsewhere has heard of them."""
    made = World(tmp_path, postgres("identity"))
    publish(made)
    with made.context.transaction() as work:
        for statement in (_ACCOUNTS, _ACCEPTED, "UPDATE terms_versions SET told_at = NULL", "DELETE FROM outbox"):
            work.session.execute(text(statement))
    yield made
    made.close()


def test_everybody_is_told_once_and_the_terms_last(world: World) -> None:
    """However the program ended in between: what was told with its transaction is not told again."""
    with world.context.reading() as session:
        assert telling.is_behind(session)
    assert telling.catch_up(world.context) == PEOPLE + 1
    told = world.published("terms.accepted", "terms.published")
    assert [one.type for one in told] == ["terms.accepted"] * PEOPLE + ["terms.published"]
    assert {one.subject for one in told[:-1]} == {f"acc_{number}" for number in range(1, PEOPLE + 1)}
    assert {one.sequence for one in told[:-1]} == {4}
    assert telling.catch_up(world.context) == 0


def test_an_older_program_that_still_runs_loses_no_acceptance(world: World) -> None:
    """While programs are replaced both write: what the older one writes is told by the newer one's worker."""
    telling.catch_up(world.context)
    with world.context.transaction() as work:
        work.session.execute(text("DELETE FROM terms_acceptances WHERE account_id = 'acc_7'"))
        late = "INSERT INTO terms_acceptances (account_id, version, accepted_at) VALUES ('acc_7', 1, now())"
        work.session.execute(text(late))
    assert telling.catch_up(world.context) == 1
    assert world.published()[-1].subject == "acc_7"
