"""What `/dev` promises to whoever tries the suite out, asked over HTTP like a small script would."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.docs.house import ROOT
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


@pytest.fixture
def taken() -> Iterator[int]:
    """A port after which the next one is somebody else's."""
    for port in range(20_000, 30_000, 7):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            second.listen()
            first.close()
            yield port
            return


def make_run(folder: Path, port: int) -> subprocess.Popen[str]:
    """What `make run` does, on files in `folder`."""
    environ = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "PUBLIC_URL": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "deploy.run"]
    return subprocess.Popen(command, cwd=folder, env=environ, text=True, stderr=subprocess.PIPE)


def test_the_portal_moves_where_its_port_is_taken(tmp_path: Path, taken: int) -> None:
    """`PORT` is promised to be ours; the one after it is not."""
    demo = tmp_path / "var" / "demo.json"
    running = make_run(tmp_path, taken)
    try:
        until = time.monotonic() + 30
        while not answers(f"http://localhost:{taken}/status.json"):
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        portal = next(one for one in json.loads(demo.read_text())["clients"] if one["client_id"] == "portal")
        [landing] = portal["post_logout_redirect_uris"]
        assert landing != f"http://localhost:{taken + 1}/"
        assert answers(landing)
    finally:
        running.terminate()
        running.communicate(timeout=20)


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path, taken: int) -> None:
    """No trace, and nothing is written."""
    running = make_run(tmp_path, taken + 1)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 1
    assert said.startswith(f"Port {taken + 1} is taken.") and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def answers(url: str) -> bool:
    """Whether anybody is there."""
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
