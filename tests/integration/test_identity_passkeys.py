"""Rivals with one passkey, one answer, one credential id: on real PostgreSQL, through the front door (threat 31)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.test_identity_races import at_once
from tests.service.identity.keyholders import device, holder, meg, pat_with_passkey
from tests.service.identity.world import MEG, PAT, World
from tests.support.pages import PageVisitor
from tests.support.passkey_script import MAKE, Script

RIVALS = 8


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def tab_of(world: World, visitor: PageVisitor) -> PageVisitor:
    """Another tab of the same browser, with the same page open."""
    tab = world.browser()
    tab._http.cookies.update(visitor._http.cookies)
    tab.open(visitor.address)
    return tab


def rows(world: World, sentence: str) -> list[Any]:
    """What the database says."""
    with world.context.reading() as session:
        return list(session.execute(text(sentence)).all())


def test_one_answer_opens_one_session(world: World) -> None:
    """Parallel replay: the challenge is taken by one of eight."""
    script = pat_with_passkey(world)
    script.visitor.open("/login")
    answer = script.device.get(script.options())
    begun, statuses = len(world.published("session.started")), []
    tabs = [Script(tab_of(world, script.visitor), script.device) for _ in range(RIVALS)]
    at_once([lambda tab=tab: statuses.append(tab.send("/login/passkey", answer).status_code) for tab in tabs])  # type: ignore[misc]
    assert sorted(statuses) == [200] + [403] * (RIVALS - 1)
    assert len(world.published("session.started")) == begun + 1


def test_one_counter_is_accepted_once(world: World) -> None:
    """A key and its copy at the same instant, each with a challenge of its own and the same count: at most one enters,
    and the key is stopped once, told once."""
    script = pat_with_passkey(world, count=10)
    copies = [Script(world.browser(), script.device.copy()) for _ in range(RIVALS)]
    answers = []
    for copy in copies:
        copy.visitor.open("/login")
        answers.append(copy.device.get(copy.options()))
    statuses: list[int] = []
    at_once(
        [
            lambda copy=copy, answer=answer: statuses.append(copy.send("/login/passkey", answer).status_code)  # type: ignore[misc]
            for copy, answer in zip(copies, answers, strict=True)
        ]
    )
    assert sorted(statuses) == [200] + [403] * (RIVALS - 1)
    assert sum(action == "credential.disabled" for action, _ in world.audited()) == 1
    assert sum("was stopped" in mail.subject for mail in world.mails()) == 1
    assert len(rows(world, "SELECT id FROM passkeys WHERE disabled_at IS NOT NULL")) == 1


def test_one_credential_id_goes_to_one_account(world: World) -> None:
    """Two people with one credential id at the same instant: the unique key decides, the other is told."""
    world.seed(PAT, MEG)
    owners = [Script(world.signed_in(PAT), device()), Script(meg(world), device())]
    key, answers = None, []
    for owner in owners:
        owner.visitor.open(MAKE)
        options = owner.send(f"{MAKE}/options", {}).json()
        key = key or made_key(owner, options)
        answers.append(owner.device.answer_creation(options, key))
    statuses: list[int] = []
    at_once(
        [
            lambda owner=owner, answer=answer: statuses.append(owner.send(f"{MAKE}/made", answer).status_code)  # type: ignore[misc]
            for owner, answer in zip(owners, answers, strict=True)
        ]
    )
    assert sorted(statuses) == [200, 403]
    assert len(rows(world, "SELECT id FROM passkeys")) == 1


def made_key(owner: Script, options: dict[str, Any]) -> Any:
    """A key of this owner's device."""
    owner.device.create(options)
    return owner.device.keys[0]


def test_no_account_has_more_than_twenty(world: World) -> None:
    """Eight rivals for the last free place: one gets it, because the account's row is held while they are counted."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT))
    for _ in range(18):
        assert script.make().status_code == 200
    script.visitor.open(MAKE)
    tabs = [Script(tab_of(world, script.visitor), script.device) for _ in range(RIVALS)]
    answers = [tab.device.create(tab.send(f"{MAKE}/options", {}).json()) for tab in tabs]
    statuses: list[int] = []
    at_once(
        [
            lambda tab=tab, answer=answer: statuses.append(tab.send(f"{MAKE}/made", answer).status_code)  # type: ignore[misc]
            for tab, answer in zip(tabs, answers, strict=True)
        ]
    )
    assert statuses.count(200) == 1
    assert len(rows(world, "SELECT id FROM passkeys")) == 20
