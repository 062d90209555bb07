"""What `/dev` promises to whoever tries the suite out, asked over HTTP like a small script would."""

from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.story import THURSDAY
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, one_process


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """One suite for all of it."""
    with one_process(tmp_path_factory.mktemp("local"), THURSDAY) as running:
        yield running


@pytest.fixture
def script(world: OneProcess) -> Iterator[httpx.Client]:
    """A small script."""
    with httpx.Client(base_url=world.base_url) as client:
        yield client


def ask(world: OneProcess, mail: str, mobile: str) -> PageVisitor:
    """Somebody new who was just told that a code is on its way; nobody settled anything."""
    visitor = PageVisitor(world.base_url)
    visitor.open("/register")
    visitor.press("Start")
    visitor.choose("Representative")
    visitor.press("Continue")
    visitor.fill("Name of the organization", "Northfield")
    visitor.choose("I don’t have a TIN")
    visitor.press("Continue")
    visitor.fill("Full name", "Bea Coder")
    visitor.fill("E-mail address", mail)
    visitor.fill("Mobile number", mobile)
    visitor.press("Continue")
    return visitor


@pytest.mark.parametrize("written", ["bea%2Bone%40x.example", "bea+one@x.example"])
def test_a_code_is_there_as_soon_as_the_page_says_so(world: OneProcess, script: httpx.Client, written: str) -> None:
    """Without waiting for a worker, and with a `+` that was encoded or not."""
    before = len(script.get(f"/dev/messages.json?to={written}").json())
    ask(world, "bea+one@x.example", "+1 202 555 0177")
    found = script.get(f"/dev/messages.json?to={written}").json()
    assert len(found) == before + 1
    assert {message["to"] for message in found} == {"bea+one@x.example"}


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
def test_the_clock_stays_where_deadlines_can_be_reckoned(script: httpx.Client, year: str) -> None:
    """400, and the clock is left alone."""
    before = script.get("/dev/clock").json()
    refused = script.post("/dev/clock", json={"now": f"{year}-06-01T00:00:00Z"})
    assert refused.status_code == 400
    assert script.get("/dev/clock").json() == before
