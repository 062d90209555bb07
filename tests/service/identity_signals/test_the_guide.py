"""docs/guides/shared-signals.md works as it stands: every command on the page is run, in order, against the service."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from waitress.server import create_server

from identity.app import SERVICE
from identity.oidc.clients.book import ClientBook
from shared.cli import program
from tests.service.identity_oidc.suite import KEEP, ORIGIN, Suite, claims_of

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "shared-signals.md"
NAMES = ("clients", "metadata", "token", "create", "read", "patch", "verify", "poll", "ack", "remove", "pause", "end")


@pytest.fixture
def address(suite: Suite) -> Iterator[str]:
    """The service on a real port."""
    server = create_server(suite.app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def shell(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    """Runs a line of the program `identity`."""
    given = {"MODE": "test", "PUBLIC_URL": ORIGIN, "DATABASE_URL": suite.context.settings.database_url}
    for name, value in {**given, "BROKER_URL": "memory:", "CACHE_URL": "memory:", "SECRET_KEY": KEEP}.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)

    def run(line: str) -> Result:
        words = [one[0] or one[1] for one in re.findall(r'"([^"]*)"|(\S+)', line)][1:]
        return CliRunner().invoke(program(SERVICE), words, catch_exceptions=False)

    return run


def commands() -> list[str]:
    """Return the page's commands, in order; one that is quoted over several lines is one."""
    found: list[str] = []
    for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        found += re.split(r"\n(?=curl |identity )", block.strip())
    return found


def curl(line: str, **given: str) -> Any:
    """Run a command as a reader would; return the JSON that it printed, or nothing."""
    ran = subprocess.run(["bash", "-c", line], env={"PATH": "/usr/bin:/bin", **given}, capture_output=True, timeout=20)
    assert ran.returncode == 0, (line, ran.stdout, ran.stderr)
    return json.loads(ran.stdout) if ran.stdout else None


def test_the_guide_for_receivers_works(suite: Suite, address: str, shell: Callable[[str], Result]) -> None:
    """From nothing to a verified stream, and back (K4, Q7)."""
    lines = dict(zip(NAMES, commands(), strict=False))
    made = shell(lines["clients"])
    given = {"GATEHOUSE": address, "SECRET": re.findall(r'"client_secret": "([^"]+)"', made.output)[0]}
    suite.context.part(ClientBook).forget()
    assert curl(lines["metadata"], **given)["issuer"] == ORIGIN
    given["TOKEN"] = curl(lines["token"], **given)["access_token"]
    stream = curl(lines["create"], **given)
    given["STREAM"] = stream["stream_id"]
    assert len(stream["events_delivered"]) == 2 and stream["delivery"]["endpoint_url"].endswith(
        f"/poll/{given['STREAM']}"
    )
    assert curl(lines["read"], **given) == stream
    assert curl(lines["patch"], **given)["description"] == "Fraud engine"
    assert curl(lines["verify"], **given) is None
    sets = curl(lines["poll"], **given)["sets"]
    ((given["JTI"], token),) = sets.items()
    assert "hello-1" in str(claims_of(token)["events"])
    assert curl(lines["ack"], **given) == {"sets": {}, "moreAvailable": False}
    assert curl(lines["poll"], **given)["sets"] == {}
    assert curl(lines["remove"], **given) is None
    assert curl(lines["pause"], **given)["status"] == "paused"
    for line in commands()[len(NAMES) :]:
        done = shell(line)
        assert done.exit_code == 0, (line, done.output)
    given["STREAM"] = curl(lines["create"], **given)["stream_id"]
    assert curl(lines["end"], **given) is None


def test_every_command_of_the_guide_is_run() -> None:
    """A line that is added to the page is added here."""
    found = commands()
    assert len(found) == len(NAMES) + 4
    assert [line.split()[0] for line in found] == ["identity", *["curl"] * 11, *["identity"] * 4]
