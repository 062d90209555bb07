"""Recovery under rivals, on real PostgreSQL, through the front door: what is good once is good once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.passwords.hasher import Hasher
from identity.passwords.service import stored_hash
from identity.recovery.answering import answer
from tests.integration.test_identity_races import RIVALS, at_once
from tests.service.identity.recoveries import (
    NEW_PASSWORD,
    by_desk,
    choose_password,
    codes_to,
    forgot_password,
    last_code,
    link_to,
    messages,
    subjects,
    type_code,
)
from tests.service.identity.world import MEG, PAT, World
from tests.support.pages import PageVisitor


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def tabs(world: World, visitor: PageVisitor, number: int = RIVALS) -> list[PageVisitor]:
    """As many tabs of one browser, all at the page it shows."""
    made = []
    for _ in range(number):
        tab = world.browser()
        tab._http.cookies.update(visitor._http.cookies)
        tab.open(visitor.address)
        made.append(tab)
    return made


def audited(world: World, action: str) -> int:
    """How often something was done."""
    return [done for done, _about in world.audited()].count(action)


def test_one_code_proves_the_address_once(world: World) -> None:
    """Sixteen tabs with one code: one gets the next page's secret (threat 29, ASVS 6.5.1)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    code = last_code(world, PAT.email)
    at_once([lambda tab=tab: type_code(tab, code) for tab in tabs(world, visitor)])  # type: ignore[misc]
    assert audited(world, "recovery.proved") == 1


def test_parallel_guesses_are_five_in_all(world: World) -> None:
    """Guesses are counted before they are compared (threat 29, ASVS 6.6.3)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    guesses = tabs(world, visitor)
    at_once([lambda tab=tab: type_code(tab, "000000") for tab in guesses])  # type: ignore[misc]
    with world.context.reading() as session:
        tries, ended = session.execute(text("SELECT tries, ended_at FROM recoveries")).one()
    assert tries == 5 and ended is not None
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.address.endswith("/recover/over")


def test_one_link_opens_for_one_of_sixteen(world: World) -> None:
    """The POST takes it by a guarded update (threat 33)."""
    (meg,) = world.seed(MEG)
    by_desk(world, meg, "password")
    link = link_to(world, MEG.email)
    visitors = [world.browser() for _ in range(RIVALS)]
    for visitor in visitors:
        visitor.open(link)
    at_once([lambda one=visitor: one.press("Go on") for visitor in visitors])  # type: ignore[misc]
    assert sum(visitor.address.endswith("/recover/new-password") for visitor in visitors) == 1
    assert sum(visitor.answer.status_code == 410 for visitor in visitors) == RIVALS - 1


def test_a_recovery_ends_once(world: World) -> None:
    """Sixteen passwords at once: one holds, one mail is sent, one change is told."""
    (pat,) = world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    type_code(visitor, last_code(world, PAT.email))
    rivals = tabs(world, visitor)
    passwords = [f"{NEW_PASSWORD} number {number}" for number in range(RIVALS)]
    calls = [lambda t=tab, p=chosen: choose_password(t, p) for tab, chosen in zip(rivals, passwords, strict=True)]  # type: ignore[misc]
    at_once(calls)
    assert audited(world, "recovery.completed") == 1
    assert subjects(world, PAT.email).count("Your password was replaced") == 1
    changed = [told for told in world.published("credential.changed") if told.data["kind"] == "password"]
    assert len(changed) == 1
    with world.context.reading() as session:
        stored = stored_hash(session, pat)
    fitting = [chosen for chosen in passwords if world.context.part(Hasher).verify(stored, chosen)]
    assert len(fitting) == 1


def test_the_sixth_of_sixteen_at_once_is_refused_too(world: World) -> None:
    """The limit is one statement: rivals do not slip through together (C2)."""
    world.seed(PAT)
    visitors = [world.browser() for _ in range(RIVALS)]
    for visitor in visitors:
        visitor.open("/recover/password")
        visitor.fill("User ID", PAT.user_id)
        visitor.fill("E-mail address or mobile number of your account", PAT.email)
    at_once([lambda one=visitor: one.press("Send a code") for visitor in visitors])  # type: ignore[misc]
    assert sum(visitor.answer.status_code == 200 for visitor in visitors) == 5
    assert sum(visitor.answer.status_code == 429 for visitor in visitors) == RIVALS - 5


def test_two_workers_answer_a_request_once(world: World) -> None:
    """Whoever takes it out of the queue answers; the other finds nothing."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("E-mail address or mobile number of your account", PAT.email)
    visitor.press("Send a code")
    at_once([lambda: _answered(world)] * 8)
    assert len(codes_to(world, PAT.email)) == 1 and len(messages(world, PAT.email)) == 2


def _answered(world: World) -> None:
    answer(world.context)
