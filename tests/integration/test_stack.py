"""The production shape: it comes up as a whole, shows only its gateway, and outlives the death of its parts."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import psutil
import psycopg
import pytest

from deploy.stack.table import SERVICES, stem
from tests.support.stack import StackWorld
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

SUNDAY_NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def world(stack_world: StackWorld) -> Iterator[StackWorld]:
    """The stack with its clock running; every program is back for the next test."""
    stack_world.set_clock(None)
    yield stack_world
    for process in stack_world.stack.processes.values():
        process.start()
    for service in SERVICES:
        stack_world.stack.wait_ready(service)


def get(world: StackWorld, path: str, **headers: str) -> httpx.Response:
    """Ask the public origin."""
    return httpx.get(world.base_url + path, headers=headers, timeout=10)


def service_token(world: StackWorld, api: str) -> str:
    """A token of the suite's service client for a JSON API."""
    client = world.facts["service_client"]
    form = {"grant_type": "client_credentials", "resource": f"{world.base_url}/api/{api}"}
    auth = (client["client_id"], client["client_secret"])
    answer = httpx.post(f"{world.base_url}/oauth/token", data=form, auth=auth, timeout=10)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def plan_maintenance(world: StackWorld) -> str:
    """Plan a maintenance a year ahead, through the public origin; return its id, the subject of an event."""
    starts = world.now() + timedelta(days=365)
    body = {
        "calendars": ["website"],
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "emergency": True,
        "reason": "A test of the stack",
    }
    headers = {"Authorization": f"Bearer {service_token(world, 'availability')}"}
    answer = httpx.post(f"{world.base_url}/api/availability/v1/maintenance", json=body, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def told(world: StackWorld, subject: str) -> list[str]:
    """The types of the events about a subject, in the order of their arrival."""
    return [event.type for event in world.events() if event.subject == subject]


def children(world: StackWorld, name: str) -> list[psutil.Process]:
    """The processes that a program of the stack has forked."""
    return psutil.Process(world.stack.processes[name].pid).children()


def test_every_service_is_ready_and_the_doctor_agrees(world: StackWorld) -> None:
    """`gatehouse doctor` finds nothing wrong with any of the four."""
    addresses = [world.stack.place.address(name) for name in SERVICES]
    for address in addresses:
        assert httpx.get(f"{address}/readyz").json()["ready"] is True
    assert "production" in world.stack.command("identity", "config", "show", "--json")
    assert world.stack.doctor() == dict.fromkeys(addresses, True)


def test_programs_on_this_machine_are_as_healthy_as_their_containers_would_be(world: StackWorld) -> None:
    """The health checks of the image pass for a living web process and worker, and fail for none."""
    assert world.stack.healthy("identity")
    wait_for(lambda: world.stack.healthy("identity-worker"), 10)
    world.stack.kill("availability")
    assert not world.stack.healthy("availability")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/dev/clock", "/dev/messages.json", "//readyz"])
def test_what_operators_see_is_not_on_the_public_origin(world: StackWorld, path: str) -> None:
    """Health, metrics and the local run's own pages answer 404 there."""
    assert get(world, path).status_code == 404


def test_only_the_gateway_and_the_portal_listen_where_others_could_come(world: StackWorld) -> None:
    """Everything else is bound to loopback, whatever HOST the gateway was given."""
    gateway = world.stack.processes["gateway"].pid
    for name, process in world.stack.processes.items():
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        ports = {c.laddr for one in family for c in one.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
        assert all(address.ip == "127.0.0.1" for address in ports), (name, ports)
        assert ports or name.endswith("-worker"), name
    assert psutil.Process(gateway).username() != "root"


def test_the_gateway_keeps_a_good_request_id_and_replaces_a_bad_one(world: StackWorld) -> None:
    """One id from the edge to the last log line; nothing from outside can forge its shape."""
    assert (
        get(world, "/status.json", **{"X-Request-ID": "trace-0123456789"}).headers["X-Request-ID"] == "trace-0123456789"
    )
    assert get(world, "/status.json", **{"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


def test_the_issuer_does_not_depend_on_what_a_client_says(world: StackWorld) -> None:
    """Host and forwarding headers from outside change nothing."""
    lies = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    found = get(world, "/.well-known/openid-configuration", **lies).json()
    assert found["issuer"] == world.base_url
    assert found["token_endpoint"].startswith(world.base_url + "/")


def test_each_role_reaches_its_own_database_only(world: StackWorld) -> None:
    """A stolen password of one service opens nothing of another."""
    secrets = world.stack.place.secrets
    for service in SERVICES:
        own = (secrets / f"{stem(service)}_database_url").read_text().replace("+psycopg", "")
        psycopg.connect(own).close()
        other = "availability" if service == "identity" else "identity"
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(own.rsplit("/", 1)[0] + f"/{other}")


def test_the_clock_is_one_for_all_programs_and_waits_go_on(world: StackWorld) -> None:
    """On Sunday night the gate is closed, on Monday morning open; workers and gunicorn keep going meanwhile."""
    closed = _gate(world, SUNDAY_NIGHT)
    assert (closed.status_code, closed.json()["next_open"]) == (503, "2026-11-23T10:00:00Z")
    assert _gate(world, MONDAY_MORNING).status_code == 204
    planned = plan_maintenance(world)
    world.settle()
    assert [event.time for event in world.events() if event.subject == planned] == [MONDAY_MORNING]


def _gate(world: StackWorld, instant: datetime) -> httpx.Response:
    world.set_clock(instant)
    found: list[httpx.Response] = []
    # The board of each process is at most a tenth of a second old, in real time.
    wait_for(lambda: found.append(get(world, "/gate/check?function=precert.submit")) or _settled(found), 5)
    return found[-1]


def _settled(found: list[httpx.Response]) -> bool:
    codes = [answer.status_code for answer in found[-4:]]
    return len(codes) == 4 and len(set(codes)) == 1


def test_a_killed_web_process_is_replaced_and_a_killed_service_says_when_to_come_back(world: StackWorld) -> None:
    """gunicorn replaces a process at once; while all of a service is gone the gateway answers 503 in its place."""
    os.kill(children(world, "identity")[0].pid, signal.SIGKILL)
    wait_for(lambda: get(world, "/.well-known/openid-configuration").status_code == 200, 10)

    world.stack.kill("availability")
    wait_for(lambda: get(world, "/status.json").status_code == 503, 10)
    for_programs, for_people = get(world, "/status.json"), get(world, "/status", Accept="text/html")
    assert for_programs.headers["Content-Type"] == "application/problem+json"
    assert for_programs.json()["request_id"] == for_programs.headers["X-Request-ID"]
    assert "Back in a moment" in for_people.text
    assert {for_programs.headers["Retry-After"], for_people.headers["Retry-After"]} == {"5"}

    world.stack.processes["availability"].start()
    wait_for(lambda: get(world, "/status.json").status_code == 200, 20)


def test_what_was_committed_while_a_worker_was_dead_is_sent_when_it_is_back(world: StackWorld) -> None:
    """kill -9 between commit and publish: the event leaves late, once, and its listener takes it in."""
    world.stack.kill("availability-worker")
    planned = plan_maintenance(world)
    assert told(world, planned) == []
    world.stack.processes["availability-worker"].start()
    world.settle()
    assert told(world, planned) == ["maintenance.scheduled"]


def test_a_listener_killed_again_and_again_takes_in_everything_once(world: StackWorld) -> None:
    """kill -9 of the worker that listens: what it had not acknowledged comes again, and nothing is handled twice."""
    planned = []
    for _ in range(3):
        planned.append(plan_maintenance(world))
        world.stack.kill("access-manager-worker")
        world.stack.processes["access-manager-worker"].start()
    world.settle()
    assert [told(world, one) for one in planned] == [["maintenance.scheduled"]] * 3
    assert world.rows("access-manager", "SELECT count(*) FROM parked_events") == [(0,)]


def test_a_restarted_database_is_found_again_by_web_and_worker(world: StackWorld) -> None:
    """PostgreSQL crashes and comes back: the next request after it is served, the next event delivered."""
    with world.servers.postgres.away():
        answer = httpx.get(f"{world.stack.place.address('identity')}/readyz", timeout=10)
        assert answer.status_code == 503
    for service in SERVICES:
        world.stack.wait_ready(service)
    planned = plan_maintenance(world)
    world.settle()
    assert told(world, planned) == ["maintenance.scheduled"]
    assert all(process.running for process in world.stack.processes.values())


def test_the_clock_runs_again_afterwards(world: StackWorld) -> None:
    """Set free, the stack follows the machine's time."""
    world.set_clock(None)
    assert abs(world.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert get(world, "/status.json").status_code == 200
