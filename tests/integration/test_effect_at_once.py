"""What a manager takes away is gone a second later, everywhere, while others go on asking (G4).

PUT …/members/<id> ─▶ the next decision · introspection · userinfo · the person's own page
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from identity.demo import Someone
from tests.support.relying_party import RelyingParty, service_token
from tests.support.stack_people import People
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

KEPT, TAKEN = "claims.status.view", "eligibility.view"
AT_ONCE = 1  # second
CROWD = 4  # programs that ask for decisions all the time


@dataclass
class Office:
    """A practice, one of its members, and an app in which that member has signed in."""

    people: People
    id: str
    member: Someone
    app: RelyingParty

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Act through access-manager's API as a program that may."""
        headers = {"Authorization": f"Bearer {service_token(self.people.world, 'access')}", **more.pop("headers", {})}
        url = f"{self.people.world.base_url}/api/access/v1/organizations/{self.id}{path}"
        answer = httpx.request(method, url, headers=headers, **more)
        assert answer.is_success, answer.text
        return answer

    def row(self) -> dict[str, Any]:
        """The membership as it stands."""
        found = self.api("GET", "/members").json()["members"]
        return next(one for one in found if one["account_id"] == self.people.id(self.member))

    def doors(self, function: str) -> set[bool]:
        """What each door says of the function."""
        told = self.app.userinfo()
        return {
            permitted(self, function),
            function in self.app.introspect().get("functions", ()),
            told.status_code == 200 and function in told.json().get("functions", ()),
            function in own_page(self),
        }


TASKS = {KEPT: "See patient claims", TAKEN: "See patient eligibility and benefits"}


def own_page(office: Office) -> set[str]:
    """The functions that the page of one's own access shows as held, in a session that lives on."""
    office.app.visitor.open("/manage/mine")
    held = office.app.visitor.text.partition("What you may do")[2].partition("What you may not do")[0]
    return {function for function, task in TASKS.items() if task in held}


def permitted(office: Office, function: str) -> bool:
    """What the decision point says."""
    question = {
        "subject": {"type": "account", "id": office.people.id(office.member)},
        "action": {"name": function},
        "resource": {"type": "organization", "id": office.id},
    }
    world = office.people.world
    headers = {"Authorization": f"Bearer {service_token(world, 'access', client='portal')}"}
    answer = httpx.post(f"{world.base_url}/access/v1/evaluation", json=question, headers=headers)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["decision"])


@pytest.fixture
def office(people: People) -> Office:
    """Somebody at work, with two functions."""
    member, boss = people.someone("mia"), people.someone("boss")
    found = people.practice([boss], [member], KEPT, TAKEN)
    app = RelyingParty(people.world, people.browser(), "trial")
    app.sign_in(member.user_id, member.password)
    return Office(people, found, member, app)


@contextmanager
def crowd(office: Office) -> Iterator[list[int]]:
    """Others ask for decisions all the while; whatever is not answered with 200 is a failure."""
    stopped, answers = threading.Event(), list[int]()
    token = service_token(office.people.world, "access", client="portal")
    question = {
        "subject": {"type": "account", "id": "acc_of_nobody"},
        "action": {"name": KEPT},
        "resource": {"type": "organization", "id": office.id},
    }

    def ask() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=office.people.world.base_url, headers=headers, timeout=20) as http:
            while not stopped.is_set():
                answers.append(http.post("/access/v1/evaluation", json=question).status_code)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(CROWD)]
    for one in threads:
        one.start()
    try:
        wait_for(lambda: len(answers) > 10 * CROWD, 20)
        yield answers
    finally:
        stopped.set()
        for one in threads:
            one.join(20)
    assert set(answers) == {200}


def test_a_function_taken_away_is_gone_at_every_door_within_a_second(office: Office) -> None:
    """G4: under load; what was not taken away stays."""
    assert office.doors(TAKEN) == {True} and office.doors(KEPT) == {True}
    with crowd(office):
        before = office.row()
        body = {"functions": [KEPT]}
        office.api(
            "PUT", f"/members/{before['membership_id']}", json=body, headers={"If-Match": f'"{before["version"]}"'}
        )
        assert not permitted(office, TAKEN)
        wait_for(lambda: TAKEN not in office.app.introspect()["functions"], AT_ONCE)
        assert office.doors(TAKEN) == {False}
        assert office.doors(KEPT) == {True}


def test_a_membership_removed_is_gone_at_every_door_within_a_second(office: Office) -> None:
    """G4: nothing of the organization is left in the app or on the person's page; the account itself lives."""
    with crowd(office):
        office.api("POST", f"/members/{office.row()['membership_id']}/removal", json={"reason": "left"})
        assert not permitted(office, KEPT)
        wait_for(lambda: KEPT not in office.app.introspect().get("functions", ()), AT_ONCE)
        assert office.doors(KEPT) == {False}
