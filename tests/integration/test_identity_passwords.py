"""A password under rivals, on real PostgreSQL: changed once, made anew once, counted every time."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from identity.passwords.models import Password
from tests.integration.test_identity_races import at_once
from tests.service.identity.world import PASSWORD, PAT, World, type_password
from tests.support.pages import PageVisitor

RIVALS = 8
CHANGE = "/account/methods/password"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def test_of_rivals_with_the_old_password_one_changes_it(world: World) -> None:
    """ASVS 6.2.3: whoever proved the old one a moment too late does not overwrite the new one."""
    world.seed(PAT)
    visitors = [_form(world, f"{number} copper kettles sing") for number in range(RIVALS)]
    at_once([lambda visitor=visitor: visitor.press("Change my password") for visitor in visitors])  # type: ignore[misc]
    done = [number for number, visitor in enumerate(visitors) if "We wrote to you about it" in visitor.text]
    assert len(done) == 1 and len(world.published("credential.changed")) == 1
    again = world.browser()
    type_password(again, PAT.user_id, f"{done[0]} copper kettles sing")
    assert again.answer.status_code == 200


def test_wrong_passwords_at_once_are_all_counted(world: World) -> None:
    """SP 800-63B-4 §3.2.2: no failure is lost among rivals."""
    world.seed(PAT)
    visitors = [_sign_in_form(world, "not the password at all") for _ in range(RIVALS)]
    at_once([lambda visitor=visitor: visitor.press("Sign in") for visitor in visitors])  # type: ignore[misc]
    with world.context.reading() as session:
        failures = session.scalars(select(Password.failures)).one()
    assert failures == sum(visitor.answer.status_code == 403 for visitor in visitors) >= 5


def test_a_hash_made_anew_by_rivals_is_one_that_fits(world: World, tmp_path: Path) -> None:
    """Several sign-ins meet a weaker hash at once: somebody replaces it, nobody is locked out."""
    world.seed(PAT)
    # Another process, so its ids are others.
    keyed = World(tmp_path, world.database_url, changes={"password_pepper": "n" * 32}, seeded=8)
    visitors = [_sign_in_form(keyed, PASSWORD) for _ in range(4)]
    at_once([lambda visitor=visitor: visitor.press("Sign in") for visitor in visitors])  # type: ignore[misc]
    assert sum(visitor.answer.status_code == 200 for visitor in visitors) >= 1
    keyed.clock.advance(timedelta(minutes=1))
    assert keyed.signed_in(PAT).answer.status_code == 200
    with keyed.context.reading() as session:
        assert not session.scalars(select(Password.hash)).one().startswith("$")
    keyed.close()


def _form(world: World, wanted: str) -> PageVisitor:
    visitor = world.signed_in(PAT)
    visitor.open(CHANGE)
    visitor.fill("The password you have now", PASSWORD)
    visitor.fill("New password", wanted)
    return visitor


def _sign_in_form(world: World, password: str) -> PageVisitor:
    visitor = world.browser()
    visitor.open("/login")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("Password", password)
    return visitor
