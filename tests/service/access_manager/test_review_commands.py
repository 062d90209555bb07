"""Reviews and dormancy on the command line of an operator."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from access_manager.app import SERVICE
from access_manager.dormancy import looking
from shared import cli
from tests.service.access_manager.reviewing import BASE, MAX, REVIEWS, decide, everybody_decided, ids, practice, shown
from tests.service.access_manager.test_dormancy import SUSPENDED, WARNED, look_at
from tests.service.access_manager.world import CLINIC, MEG, SAM, World

Run = Callable[..., Result]


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and two members."""
    return practice(world)


@pytest.fixture
def run(world: World) -> Run:
    """`run("reviews", "list", …)` runs the service's program on this database."""
    environ = {
        "GATEHOUSE_DATABASE_URL": f"sqlite:///{world.folder / 'access.db'}",
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": "k" * 40,
    }
    return lambda *words: CliRunner(env=environ).invoke(cli.program(SERVICE), words)


def test_the_evidence_is_the_same_bytes_as_over_http(office: World, run: Run) -> None:
    """M5: whoever takes it, from wherever; closing prints its checksum."""
    review = everybody_decided(office)
    closed = run("reviews", "close", CLINIC, review)
    assert closed.output.strip() == shown(office, review)["evidence_sha256"]
    told = office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence").content
    assert run("reviews", "evidence", CLINIC, review).stdout_bytes == told
    assert run("reviews", "evidence", CLINIC, review, "--format", "csv").output.startswith('\ufeff"position"')


def test_reviews_are_listed_and_shown(office: World, run: Run) -> None:
    """As JSON for programs."""
    review = everybody_decided(office)
    listed = json.loads(run("reviews", "list", CLINIC, "--json").output)
    assert [(each["review_id"], each["state"]) for each in listed] == [(review, "open")]
    found = json.loads(run("reviews", "show", CLINIC, review, "--json").output)
    assert found[0]["decisions"]["keep"] == 2


def test_nothing_is_closed_early_or_decided_here(office: World, run: Run) -> None:
    """What is refused on the page is refused here; and an operator certifies nobody."""
    review = str(office.api(subject=MEG).post(REVIEWS, json={"due_at": "2026-12-07T15:00:00Z"}).json()["review_id"])
    assert decide(office, review, SAM, "keep", MAX).status_code == 200
    assert run("reviews", "close", CLINIC, review).exit_code == 1
    assert run("reviews", "decide", CLINIC, review).exit_code == 2


def test_an_operator_opens_one(office: World, run: Run) -> None:
    """Until the end of a day, Eastern time; one that is too near is refused in words."""
    near = run("reviews", "open", CLINIC, "--due", f"{datetime.now(UTC):%Y-%m-%d}")
    assert near.exit_code == 1
    last = datetime.now(UTC) + timedelta(days=20)
    review = run("reviews", "open", CLINIC, "--due", f"{last:%Y-%m-%d}").output.strip()
    assert shown(office, review)["state"] == "open"
    assert shown(office, review)["opened_by"] == "command-line"


def test_the_schedule_is_switched(office: World, run: Run) -> None:
    """On and off."""
    assert run("reviews", "schedule", CLINIC, "on").exit_code == 0
    assert office.api().get(f"{BASE}/review-schedule").json()["quarterly"]
    assert run("reviews", "schedule", CLINIC, "off").output == "off\n"


def test_a_suspension_is_listed_and_lifted(office: World, run: Run) -> None:
    """G11: the operator helps where no manager is there."""
    looking.look(office.context)
    look_at(office, WARNED, MEG, MAX)
    look_at(office, SUSPENDED, MEG, MAX)
    listed = json.loads(run("dormant", "list", CLINIC, "--json").output)
    assert {"membership_id": ids(office)[SAM], "status": "suspended"} in listed
    assert run("dormant", "lift", CLINIC, ids(office)[SAM]).output == "active\n"
    assert run("dormant", "lift", CLINIC, ids(office)[SAM]).exit_code == 1
