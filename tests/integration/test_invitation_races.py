"""Invitations and lists of people under rivals, on real PostgreSQL, through the front door (F2, G14)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from access_manager.adding import service as adding
from access_manager.adding.reading import entries
from access_manager.adding.service import ADD, Order
from access_manager.invitations.joining import service as joining
from shared.errors import Problem
from shared.service import Actor
from tests.service.access_manager.invited import (
    BASE,
    BATCHES,
    INVITATIONS,
    Accounts,
    audited,
    held,
    invite,
    letters,
    link_to,
    write_answers,
)
from tests.service.access_manager.world import CLINIC, MEG, SAM, World, clinic, manager, member

RIVALS = 8
ANNAS, MAX = "acc_ann", "acc_max"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database, with two managers and a member."""
    made = World(tmp_path, postgres("access"))
    made.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    yield made
    made.close()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls in the same instant, a thread each; return the answers in the order of the calls."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def accepts(world: World, invitation_id: str, account_id: str = ANNAS) -> str:
    """Say yes as an account that owns the address; return "yes" or the refusal's name."""
    try:
        with world.context.transaction(Actor(account_id, "person", "provider")) as work:
            joining.accept(work, invitation_id, account_id, "Ann Lee")
    except Problem as problem:
        return problem.slug
    return "yes"


def posts(world: World, path: str, json: object = None, account: str = MEG) -> Callable[[], Any]:
    """Return a manager's call, made when it is called."""
    return lambda: world.api(subject=account).post(path, json=json)


def test_f2_of_many_clicks_on_yes_one_gives_the_access(world: World) -> None:
    """All are told yes, for it is one person's; one membership, one event, one entry."""
    made = invite(world)
    told = at_once([lambda: accepts(world, made["invitation_id"])] * RIVALS)
    assert told == ["yes"] * RIVALS
    assert len([each for each in world.published("membership.granted") if each.data["account_id"] == ANNAS]) == 1
    assert audited(world, "invitation.") == ["invitation.made", "invitation.accepted"]


def test_f2_two_accounts_with_the_same_address_one_gets_it(world: World) -> None:
    """A mailbox that two people read: the first yes counts, everybody else is told that it ended."""
    made = invite(world)
    told = at_once([lambda n=n: accepts(world, made["invitation_id"], f"acc_{n}") for n in range(RIVALS)])  # type: ignore[misc]
    assert Counter(told) == {"yes": 1, "invitation-expired": RIVALS - 1}
    assert sum(held(world, f"acc_{n}") is not None for n in range(RIVALS)) == 1


def test_a_yes_and_a_revocation_at_once_end_in_one_of_both(world: World) -> None:
    """Threat 39: accepted and a member, or taken back and none; never both, and each side is told which."""
    for number in range(4):
        made = invite(world, email=f"ann{number}@office.example")
        account = f"acc_ann{number}"
        path = f"{INVITATIONS}/{made['invitation_id']}"
        told, revoked = at_once(
            [lambda: accepts(world, made["invitation_id"], account), posts(world, f"{path}/revocation")]  # noqa: B023
        )
        stands = world.api().get(path).json()["standing"]
        member_now = held(world, account) is not None
        assert (told, revoked.status_code, stands, member_now) in (
            ("yes", 409, "accepted", True),
            ("invitation-revoked", 200, "revoked", False),
        )


def test_a_yes_at_the_end_itself_is_too_late(world: World) -> None:
    """Half-open: at the instant of the end nobody gets in, however many try; a moment before, somebody does."""
    early, late = invite(world), invite(world, email="late@office.example")
    world.clock.advance(timedelta(days=14, microseconds=-1))
    assert accepts(world, early["invitation_id"]) == "yes"
    world.clock.advance(timedelta(microseconds=1))
    told = at_once([lambda n=n: accepts(world, late["invitation_id"], f"acc_{n}") for n in range(RIVALS)])  # type: ignore[misc]
    assert set(told) == {"invitation-expired"}


def test_f2_many_managers_invite_the_same_person_at_once(world: World) -> None:
    """One invitation, one letter; the others find it."""
    answers = at_once(
        [
            posts(
                world,
                INVITATIONS,
                {"display_name": "Ann Lee", "email": "ann@office.example", "functions": ["claims.submit"]},
                MEG if n % 2 else MAX,
            )
            for n in range(RIVALS)
        ]
    )
    assert Counter(each.status_code for each in answers) == {201: 1, 200: RIVALS - 1}
    assert len({each.json()["invitation_id"] for each in answers}) == 1
    assert len(world.api().get(INVITATIONS).json()["invitations"]) == 1
    assert len(letters(world)) == 1


def test_a_yes_and_a_change_at_once_give_what_one_of_them_said(world: World) -> None:
    """The access is the old list or the new one, never a mixture; a change that came too late makes a new answer."""
    made = invite(world)
    other = {"display_name": "Ann Lee", "email": "ann@office.example", "functions": ["remittance.view"]}
    told, changed = at_once([lambda: accepts(world, made["invitation_id"]), posts(world, INVITATIONS, other)])
    got = (held(world, ANNAS) or {})["functions"]
    assert told == "yes" and changed.status_code in (200, 201, 409)
    assert got == (["remittance.view"] if changed.status_code == 200 else ["claims.status.view", "claims.submit"])


def test_two_workers_write_one_answer(world: World) -> None:
    """Somebody pressed "send me the e-mail": of many workers one writes, and one account is remembered."""
    accounts = Accounts(world)
    invite(world)
    visitor = world.browser()
    visitor.open(link_to(world))
    visitor.press("Send me the e-mail")
    written = at_once([lambda: write_answers(world)] * RIVALS)
    assert sum(written) == 1 and len(letters(world)) == 2
    assert {each["reference"] for each in accounts.made} == {accounts.made[0]["reference"]}


def test_g14_two_commits_of_the_same_list_are_one(world: World) -> None:
    """Two tabs, one batch: the same batch for both, everybody is written to once."""
    text = "\n".join(f"Person {n}, person{n}@office.example" for n in range(30))
    order = Order(ADD, entries(text, {}), ["claims.submit"])
    batch_id = world.context.ids.new("bat")

    def commit() -> str:
        with world.context.transaction(Actor(MEG, "person", "provider")) as work:
            found = adding.carry_out(work, CLINIC, order, batch_id).batch
            assert found is not None
            return found.id

    assert set(at_once([commit] * RIVALS)) == {batch_id}
    assert len(world.api().get(INVITATIONS).json()["invitations"]) == 30
    assert len(world.mails()) == 30
    assert audited(world, "members.") == ["members.added"]


def test_g14_of_many_who_undo_one_does(world: World) -> None:
    """The others are told that it was undone before."""
    rows = [{"name": "Ann", "email": f"ann{n}@office.example", "functions": ["claims.submit"]} for n in range(5)]
    batch = world.api(subject=MEG).post(BATCHES, json={"kind": "add", "rows": rows}).json()
    answers = at_once([posts(world, f"{BATCHES}/{batch['batch_id']}/undo")] * RIVALS)
    assert Counter(each.status_code for each in answers) == {200: 1, 409: RIVALS - 1}
    assert audited(world, "invitation.revoked") == ["invitation.revoked"] * 5


def test_g14_an_undo_and_a_change_at_once_lose_neither(world: World) -> None:
    """Whoever changes the person first is not overwritten: the undo then says so, and leaves the row as it is."""
    for _ in range(4):
        found = held(world, SAM) or {}
        rows = [{"email": f"{SAM}@lakeside.example", "functions": ["remittance.view"]}]
        batch = world.api(subject=MEG).post(BATCHES, json={"kind": "add", "rows": rows}).json()
        version = (held(world, SAM) or {})["version"]
        path = f"{BASE}/members/{found['membership_id']}"
        body, headers = {"functions": ["claims.submit"]}, {"If-Match": f'"{version}"'}
        undone, changed = at_once(
            [
                posts(world, f"{BATCHES}/{batch['batch_id']}/undo"),
                lambda: world.api(subject=MAX).put(path, json=body, headers=headers),  # noqa: B023
            ]
        )
        said = undone.json()["rows"][0]["undone"]["slug"]
        assert (said, changed.status_code) in (("undone", 412), ("changed", 200))
        now = (held(world, SAM) or {})["functions"]
        assert now == (["claims.submit"] if changed.status_code == 200 else found["functions"])


def test_g14_an_undo_and_a_yes_at_once_end_in_one_of_both(world: World) -> None:
    """Taken back and no member, or accepted and left alone, which the list then says."""
    rows = [{"name": "Ann", "email": "ann@office.example", "functions": ["claims.submit"]}]
    batch = world.api(subject=MEG).post(BATCHES, json={"kind": "add", "rows": rows}).json()
    invitation_id = batch["rows"][0]["invitation_id"]
    told, undone = at_once([lambda: accepts(world, invitation_id), posts(world, f"{BATCHES}/{batch['batch_id']}/undo")])
    said = undone.json()["rows"][0]["undone"]["slug"]
    assert (told, said, held(world, ANNAS) is not None) in (
        ("yes", "accepted", True),
        ("invitation-revoked", "undone", False),
    )
