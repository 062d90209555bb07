"""Links and emergencies under rivals on real PostgreSQL: whoever is first, nobody ends up with more than was given."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from tests.integration.test_access_manager_races import RIVALS, at_once
from tests.service.access_manager.partnership import BEA, BEN, BILLING, BO, GIVEN, Partnership, company
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
CREW = [f"acc_c{number}" for number in range(RIVALS)]


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("access"))
    yield made
    made.close()


@pytest.fixture
def both(world: World) -> Partnership:
    """The clinic, and the company with a crew."""
    partners = Partnership.seeded(world)
    world.seed(company(*(member(each, each, ()) for each in CREW)))
    return partners


def slugs(answers: list[httpx.Response]) -> Counter[str]:
    """Count what was answered: done, or why not."""
    return Counter("done" if each.is_success else str(each.json()["type"]).split("/")[-1] for each in answers)


def held(both: Partnership) -> dict[str, set[str]]:
    """Return what everybody holds at the clinic who came through the link."""
    return {
        account: set(found["functions"]) for account, found in both.members().items() if account in {*CREW, BEN, BO}
    }


def test_of_many_acceptances_one_counts(both: Partnership) -> None:
    """G12: two managers of the company accept and decline at once."""
    link = both.propose().json()["link_id"]
    outcomes = ("accept", "decline")
    answers = at_once(
        [
            lambda n=n: both.answer(link, outcomes[n % 2], (BEA, BO)[n // 2 % 2])  # type: ignore[misc]
            for n in range(RIVALS)
        ]
    )
    assert slugs(answers) == {"done": 1, "partner-over": RIVALS - 1}
    assert both.world.published() and both.call(MEG, "GET", f"partners/{link}", CLINIC).json()["version"] == 2


def test_of_two_sides_who_propose_at_once_one_does(both: Partnership) -> None:
    """Practice and company ask each other in the same moment: one proposal, and no deadlock."""
    theirs, ours = both.code(), both.code(CLINIC)
    answers = at_once(
        [
            lambda n=n: (  # type: ignore[misc]
                both.propose(connect_code=theirs)
                if n % 2
                else both.propose(BEA, BILLING, side="company", connect_code=ours)
            )
            for n in range(RIVALS)
        ]
    )
    assert slugs(answers) == {"done": 1, "partner-already": RIVALS - 1}


def test_nobody_is_left_who_was_sent_while_the_link_ended(both: Partnership) -> None:
    """G12: end against assignments: whoever was sent before is ended with it, whoever comes after is refused."""
    link = both.connected()
    sends = [lambda each=each: both.send(link, each) for each in CREW]  # type: ignore[misc]
    answers = at_once([*sends[:8], lambda: both.end(link), *sends[8:]])
    assert answers[8].status_code == 200
    assert set(slugs(answers)) <= {"done", "partner-over"}
    assert held(both) == {}
    assert not any(both.may(each, "claims.submit") for each in CREW)


def test_nobody_keeps_what_was_taken_out_while_they_were_sent(both: Partnership) -> None:
    """G12: narrow against assignments: every row that stands lies within what is left."""
    link = both.connected()
    sends = [lambda each=each: both.send(link, each) for each in CREW]  # type: ignore[misc]
    answers = at_once([*sends[:8], lambda: both.narrow(link, "remittance.view"), *sends[8:]])
    assert answers[8].status_code == 200
    assert set(slugs(answers)) <= {"done", "partner-beyond"}
    assert all(functions <= {"remittance.view"} for functions in held(both).values())


def test_who_is_removed_at_the_company_while_being_sent_is_not_there(both: Partnership) -> None:
    """Removal against assignment of the same people: they work at neither place."""
    link = both.connected()
    body, reason = {"functions": list(GIVEN)}, {"reason": "left"}
    calls: list[Callable[[], httpx.Response]] = []
    for membership in [both.membership(each) for each in CREW[:8]]:
        send, remove = f"partners/{link}/staff/{membership}", f"members/{membership}/removal"
        calls.append(lambda path=send: both.call(BEA, "PUT", path, BILLING, body))  # type: ignore[misc]
        calls.append(lambda path=remove: both.call(BO, "POST", path, BILLING, reason))  # type: ignore[misc]
    answers = at_once(calls)
    assert set(slugs(answers)) <= {"done", "partner-own-staff"}
    assert held(both) == {}


def test_organizations_that_work_for_each_other_never_wait_for_each_other(both: Partnership) -> None:
    """Two companies, each the other's partner: both remove and send at once, and everybody is answered."""
    both.world.seed(
        company(manager("acc_x", "X", ()), manager("acc_y", "Y", ()), member("acc_z", "Z", ()), id="org_a", name="A")
    )
    there, back = both.code("org_a"), both.code()
    out = both.propose(BEA, BILLING, connect_code=there).json()["link_id"]
    assert both.answer(out, who="acc_x", organization="org_a").is_success
    home = both.propose("acc_x", "org_a", connect_code=back).json()["link_id"]
    assert both.answer(home).is_success
    z, crew = both.membership("acc_z", "org_a"), [both.membership(each) for each in CREW[:7]]
    body = {"functions": ["claims.submit"]}
    answers = at_once(
        [
            *(
                lambda m=each: both.call(BEA, "PUT", f"partners/{home}/staff/{m}", BILLING, body)  # type: ignore[misc]
                for each in crew
            ),
            *(lambda: both.call("acc_x", "PUT", f"partners/{out}/staff/{z}", "org_a", body) for _ in range(7)),
            lambda: both.call("acc_y", "POST", f"partners/{out}/ending", "org_a"),
            lambda: both.call(BO, "POST", f"partners/{home}/ending", BILLING),
        ]
    )
    assert {answer.status_code for answer in answers} <= {200, 409}


def test_no_permit_is_ever_given_once_the_link_reads_as_ended(both: Partnership) -> None:
    """G12: whoever first sees that the link has ended and then asks for a decision is denied: they change together."""
    link = both.connected()
    for each in CREW:
        both.send(link, each)
    done, wrong = Event(), []

    def watch(account: str) -> None:
        while not done.is_set():
            ended = both.call(MEG, "GET", f"partners/{link}", CLINIC).json()["state"] == "ended"
            if both.may(account, "claims.submit") and ended:
                wrong.append(account)

    watchers = [Thread(target=watch, args=(each,)) for each in CREW[:4]]
    for each in watchers:
        each.start()
    both.end(link)
    done.set()
    for each in watchers:
        each.join()
    assert wrong == []
    assert not any(both.may(each, "claims.submit") for each in CREW)


def _emergency_ready(world: World) -> Callable[[], httpx.Response]:
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    world.availability.open("clinical.view", "claims.submit")
    listed = {"functions": ["clinical.view", "claims.submit"], "minutes": 60}
    world.api(subject=MEG).put(f"{BASE}/emergency-list", json=listed, headers={"If-Match": "*"})
    body = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": "Nobody else is in the office"}
    return lambda: world.api(subject=SAM).post("/api/access/v1/me/emergencies", json=body)


def test_of_many_emergencies_of_one_person_one_begins(world: World) -> None:
    """G13: sixteen presses of the button are one use, told once."""
    begin = _emergency_ready(world)
    assert slugs(at_once([begin] * RIVALS)) == {"done": 1, "emergency-unreviewed": RIVALS - 1}
    assert len(world.published("emergency.started")) == 1


def test_the_next_use_never_overtakes_the_review(world: World) -> None:
    """G13: reviews and next uses at once: one review counts, at most one use follows it."""
    begin = _emergency_ready(world)
    used = begin().json()["emergency_id"]
    world.clock.freeze(MONDAY + timedelta(hours=2))

    def look(who: str) -> httpx.Response:
        path = f"{BASE}/emergencies/{used}/review"
        return world.api(subject=who).post(path, json={"finding": "in_order"})

    answers = at_once([*([begin] * 12), *(lambda who=who: look(who) for who in (MEG, "acc_max") * 2)])  # type: ignore[misc]
    assert slugs(answers[12:]) == {"done": 1, "emergency-reviewed": 3}
    assert slugs(answers[:12])["done"] <= 1
    assert len(world.published("emergency.started")) == 1 + slugs(answers[:12])["done"]
    assert len(world.published("emergency.ended")) == 1


def test_an_end_by_the_member_by_a_manager_and_by_the_job_is_one_end(world: World) -> None:
    """G13: told once, whoever was first."""
    begin = _emergency_ready(world)
    used = begin().json()["emergency_id"]
    own, managers = f"/api/access/v1/me/emergencies/{used}/ending", f"{BASE}/emergencies/{used}/ending"
    answers = at_once(
        [
            *(lambda: world.api(subject=SAM).post(own) for _ in range(8)),
            *(lambda: world.api(subject=MEG).post(managers) for _ in range(8)),
        ]
    )
    assert slugs(answers) == {"done": 1, "emergency-over": RIVALS - 1}
    assert len(world.published("emergency.ended")) == 1
    assert world.evaluate(SAM, "clinical.view")["decision"] is False
