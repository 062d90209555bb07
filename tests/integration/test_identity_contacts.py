"""Contact points, terms and states of accounts on real PostgreSQL: what is true once is true once under rivals, and
people of an earlier release keep their addresses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.contacts import answers, changes
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.terms import service as terms
from tests.integration.test_identity_races import RIVALS, at_once
from tests.service.identity.test_activation import ASKED, PATH
from tests.service.identity.test_growing import addresses_survive, people_of_the_second_release
from tests.service.identity.world import PAT, World

SECOND = "pat.partner@home.example"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def quarantined(world: World, account_id: str) -> tuple[Contact, str]:
    """Add and prove an address; return it and the secret that the older address got."""
    with world.context.transaction() as work:
        asked = changes.add(work, account_id, "email", SECOND)
        assert isinstance(asked, Contact)
        changes.prove(work, account_id, asked.id)
    found = [re.search(r"token=([\w-]+)", row.body) for row in world.mails() if row.recipient == PAT.email]
    return asked, next(match.group(1) for match in reversed(found) if match)


def count(world: World, question: str) -> int:
    """Return what an SQL question counts."""
    with world.context.reading() as session:
        return int(session.execute(text(question)).scalar_one())


def test_one_opening_is_one_list_of_addresses(world: World) -> None:
    """Sixteen equal calls at once leave one row for each address."""

    def call() -> None:
        world.api("accounts.open").post(PATH, json=ASKED)

    at_once([call] * RIVALS)
    assert count(world, "SELECT count(*) FROM contact_points WHERE kind = 'email'") == 1


def test_the_same_address_asked_for_by_sixteen_tabs_is_one(world: World) -> None:
    """Nobody has an address twice."""
    (pat,) = world.seed(PAT)
    ids: list[object] = []

    def call() -> None:
        with world.context.transaction() as work:
            ids.append(changes.add(work, pat, "email", SECOND))

    at_once([call] * RIVALS)
    assert len({one.id for one in ids if isinstance(one, Contact)}) == 1


def test_one_answer_of_sixteen_counts(world: World) -> None:
    """Yes and no pressed together: the link is used once, and the account is in one state or the other."""
    (pat,) = world.seed(PAT)
    asked, secret = quarantined(world, pat)
    done: list[str] = []

    def say(number: int) -> Callable[[], None]:
        def call() -> None:
            with world.context.transaction() as work:
                act = answers.agree if number % 2 else answers.undo
                if act(work, secret) is not None:
                    done.append("yes" if number % 2 else "no")

        return call

    at_once([say(number) for number in range(RIVALS)])
    assert len(done) == 1
    with world.context.reading() as session:
        known = contacts.accounts_at(session, SECOND, world.clock.now())
        kept = [one.id for one in contacts.listing(session, pat)]
    assert (known == [pat], asked.id in kept) == ((True, True) if done == ["yes"] else (False, False))


def test_an_account_has_one_main_address_whoever_wins(world: World) -> None:
    """Two addresses made the main one at once: one is, and the claim says the same."""
    (pat,) = world.seed(PAT)
    asked, secret = quarantined(world, pat)
    with world.context.transaction() as work:
        assert answers.agree(work, secret) == pat
        first = next(one for one in contacts.listing(work.session, pat) if one.address == PAT.email)

    def make(contact_id: str) -> Callable[[], None]:
        def call() -> None:
            with world.context.transaction() as work:
                changes.make_main(work, pat, contact_id)

        return call

    at_once([make(asked.id if number % 2 else first.id) for number in range(RIVALS)])
    with world.context.reading() as session:
        (main,) = [one.address for one in contacts.listing(session, pat) if one.primary and one.kind == "email"]
        assert session.get_one(Account, pat).email == main


def test_the_last_two_addresses_are_not_both_removed(world: World) -> None:
    """Two removals that would each be fine alone leave one trusted address."""
    (pat,) = world.seed(PAT)
    _asked, secret = quarantined(world, pat)
    with world.context.transaction() as work:
        answers.agree(work, secret)
        ids = [one.id for one in contacts.listing(work.session, pat)]

    def remove(contact_id: str) -> Callable[[], None]:
        def call() -> None:
            with world.context.transaction() as work:
                changes.remove(work, pat, contact_id)

        return call

    at_once([remove(ids[number % len(ids)]) for number in range(RIVALS)])
    with world.context.reading() as session:
        assert contacts.for_recovery(session, pat, world.clock.now())


def test_terms_accepted_by_sixteen_clicks_are_accepted_once(world: World) -> None:
    """One row, one entry in the audit, and nobody sees a fault."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        terms.publish(work, "Be kind.", "Sea amable.", work.now)
    said: list[bool] = []

    def call() -> None:
        with world.context.transaction() as work:
            said.append(terms.accept(work, pat, 1))

    at_once([call] * RIVALS)
    assert said == [True] * RIVALS
    assert [act for act, _ in world.audited()].count("terms.accepted") == 1
    assert len(world.published("terms.accepted")) == 1


def test_a_closing_and_a_suspension_at_once_end_closed_or_held_never_both(world: World) -> None:
    """Each state is taken by a guarded update; every change that happened was published once."""
    (pat,) = world.seed(PAT)

    def act(number: int) -> Callable[[], None]:
        def call() -> None:
            with world.context.transaction() as work:
                (accounts.close if number % 2 else accounts.suspend)(work, pat, "rivals")

        return call

    at_once([act(number) for number in range(RIVALS)])
    with world.context.reading() as session:
        assert session.get_one(Account, pat).status == "closed"
    assert len(world.published("account.closed")) == 1 and len(world.published("account.locked")) <= 1
    sequences = [told.sequence for told in world.published("account.locked", "account.closed")]
    assert sequences == sorted(set(sequences))


def test_people_of_the_second_release_keep_their_addresses(tmp_path: Path, postgres: Callable[..., str]) -> None:
    """The data of the third migration is right on PostgreSQL, too (capability C1)."""
    url = postgres("identity_then")
    people_of_the_second_release(tmp_path, url)
    world = World(tmp_path, url)
    addresses_survive(world)
    world.close()
