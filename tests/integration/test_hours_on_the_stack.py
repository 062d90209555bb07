"""What an operator closes is closed a second later, everywhere, and what he opens is open: the issue's promise of J2.

POST …/maintenance ─▶ every gate · decisions · the public API · the status page · signing in · open pages of an app
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from identity.demo import Someone
from tests.support.relying_party import service_token
from tests.support.stack_people import SECRET, People, sign_in, type_code
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

FUNCTION = "claims.submit"
AT_ONCE = 1.0  # second
DOORS = ("gates", "decisions", "api", "status page")
PROCESSES = 8  # connections, so that every process of a gunicorn is asked


@dataclass
class House:
    """A practice with one member, and an operator's program."""

    people: People
    practice: str
    member: Someone

    @property
    def url(self) -> str:
        """The public origin."""
        return self.people.world.base_url

    def act(self, path: str, **body: Any) -> dict[str, Any]:
        """Act on maintenance as a program that may."""
        headers = {"Authorization": f"Bearer {service_token(self.people.world, 'availability')}"}
        address = f"{self.url}/api/availability/v1/maintenance{path}"
        answer = httpx.post(address, json={"reason": "A test of the stack", **body}, headers=headers, timeout=10)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def doors(self, token: str, of: Callable[[Iterable[bool]], bool]) -> dict[str, bool]:
        """Which doors say open; of the processes behind a door, `any` or `all` of them."""
        return {
            "gates": of([self._gate() for _ in range(PROCESSES)]),
            "decisions": of([self.decision(token) for _ in range(PROCESSES)]),
            "api": of([self._api() for _ in range(PROCESSES)]),
            "status page": "Closed for maintenance" not in httpx.get(f"{self.url}/status").text,
        }

    def _gate(self) -> bool:
        answer = httpx.get(f"{self.url}/gate/check?function={FUNCTION}", timeout=10)
        assert answer.status_code in {204, 503}
        return answer.status_code == 204

    def decision(self, token: str) -> bool:
        """What the decision point says to the program of this token."""
        question = {
            "subject": {"type": "account", "id": self.people.id(self.member)},
            "action": {"name": FUNCTION},
            "resource": {"type": "organization", "id": self.practice},
        }
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{self.url}/access/v1/evaluation", json=question, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert said["decision"] or said["context"]["reason_code"] == "maintenance", said
        return bool(said["decision"])

    def _api(self) -> bool:
        answer = httpx.get(f"{self.url}/api/availability/v1/functions/{FUNCTION}", timeout=10)
        return bool(answer.json()["open"])


@pytest.fixture
def house(people: People) -> Iterator[House]:
    """Somebody at work who may send claims; whatever a test has begun is over afterwards."""
    boss, member = people.someone("boss"), people.someone("max")
    found = House(people, people.practice([boss], [member], FUNCTION), member)
    yield found
    headers = {"Authorization": f"Bearer {service_token(people.world, 'availability')}"}
    address = f"{found.url}/api/availability/v1/maintenance"
    for one in httpx.get(address, headers=headers).json()["maintenance"]:
        if one["state"] == "in_effect":
            found.act(f"/{one['id']}/end")
    people.world.settle()


def a_second_later() -> None:
    """Let the second pass in which everybody may still hear of it: asking all the while would only slow them down."""
    began = time.monotonic()
    wait_for(lambda: time.monotonic() - began >= AT_ONCE)


def test_starting_closes_every_door_within_a_second_and_ending_opens_it(house: House) -> None:
    """J2, J5: gates of every process, decisions that were cached, the API and the page; three times over."""
    token = service_token(house.people.world, "access", client="portal")
    assert house.doors(token, all) == dict.fromkeys(DOORS, True)  # and every cache is warm
    for _ in range(3):
        begun = house.act("", calendars=["website"], emergency=True)
        a_second_later()
        assert house.doors(token, any) == dict.fromkeys(DOORS, False)
        house.act(f"/{begun['id']}/end")
        a_second_later()
        assert house.doors(token, all) == dict.fromkeys(DOORS, True)


def test_signing_in_closes_with_the_website_and_opens_with_it(house: House) -> None:
    """J4, domain §6: whoever signs in waits on a page within a second, and goes on when it opens; staff never wait."""
    begun = house.act("", calendars=["website"], emergency=True)

    def waits() -> bool:
        visitor = sign_in(house.people.browser(), house.member, "/manage/mine")
        return "Closed for maintenance" in visitor.text

    a_second_later()
    assert waits()
    operator = house.people.someone("operator", population="staff", staff_role="operator", totp_secret=SECRET)
    staff = sign_in(house.people.browser(), operator, "/hours")
    type_code(staff, house.people.code())
    assert staff.address.endswith("/hours")
    house.act(f"/{begun['id']}/end")
    a_second_later()
    assert not waits()


def test_hours_are_the_operators_and_nobody_elses(house: House) -> None:
    """Threat 36: somebody of the desk, signed in with two factors, is told who does it; the operator is at work."""
    people = house.people
    for role, status in (("desk", 403), ("auditor", 403), ("operator", 200)):
        somebody = people.someone(role, population="staff", staff_role=role, totp_secret=SECRET)
        visitor = sign_in(people.browser(), somebody, "/hours")
        type_code(visitor, people.code())
        assert visitor.answer.status_code == status, role
        assert ("looked after by operators" in visitor.text) is (status == 403), role


def test_one_client_is_closed_out_of_decisions_and_the_others_are_not(house: House) -> None:
    """J2, per client: the decision point knows who asks by the token, and closes for that one within a second."""
    world = house.people.world
    theirs = service_token(world, "access", client="portal")
    ours = service_token(world, "access")
    assert house.decision(theirs) and house.decision(ours)
    begun = house.act("", calendars=["website"], clients=["portal"], emergency=True)
    a_second_later()
    assert not house.decision(theirs)
    assert house.decision(ours)
    house.act(f"/{begun['id']}/end")
    a_second_later()
    assert house.decision(theirs)
