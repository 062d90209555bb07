"""The gateway alone, in front of four echoes: who gets which request, and what arrives of it."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.allinone import SERVICES
from deploy.servers.debian import free_port
from deploy.stack.gateway import gateway
from deploy.stack.place import Place
from deploy.stack.table import POOL, PROGRAMS_CALL
from tests.support.echoes import Echoes
from tests.support.throwaway import wait_for

pytestmark = pytest.mark.stack

FORGED = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Prefix",
    "X-Forwarded-User",
    "X-Real-IP",
    "X-Auth-Request-Email",
    "Remote-User",
    "X-Remote-User",
    "X-Client-Cert",
    "X-SSL-Client-Verify",
    "X-Gatehouse-Account",
    "X-Original-URL",
    "X-HTTP-Method-Override",
    "Proxy",
)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A running gateway with an echo behind every name."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-gateway-"))
    folder.chmod(0o711)
    found = Place.at(folder, "127.0.0.1", free_port())
    echoes = [Echoes(name, port) for name, port in found.ports.items()]
    process = gateway(found)
    process.start()
    wait_for(lambda: process.fail_if_ended() or answers(found), 10)
    yield found
    process.stop()
    for echo in echoes:
        echo.end()
    shutil.rmtree(folder, ignore_errors=True)


def answers(place: Place) -> bool:
    try:
        return httpx.get(place.public_url).status_code == 200
    except httpx.ConnectError:
        return False


def raw(place: Place, path: str) -> dict[str, Any]:
    """Ask for a path exactly as written; clients like httpx tidy it up first."""
    connection = HTTPConnection("127.0.0.1", place.port, timeout=5)
    connection.request("GET", path)
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return found


@pytest.mark.parametrize(
    ("prefix", "name"),
    [(prefix, service.name) for service in SERVICES for prefix in service.prefixes if prefix not in PROGRAMS_CALL],
)
def test_each_prefix_goes_to_its_service(place: Place, prefix: str, name: str) -> None:
    """The prefix itself and everything below it; what only begins with the same letters is identity's."""
    assert raw(place, prefix)["service"] == name
    assert raw(place, f"{prefix.rstrip('/')}/below")["service"] == name
    if prefix != "/":
        assert raw(place, f"{prefix}beside")["service"] == "identity"


@pytest.mark.parametrize("path", PROGRAMS_CALL)
def test_what_programs_call_goes_to_a_pool_of_its_own(place: Place, path: str) -> None:
    """That very address and nothing below or beside it, whatever is asked of it."""
    assert raw(place, path)["service"] == POOL
    assert raw(place, f"{path}?about=it")["service"] == POOL
    assert raw(place, f"{path}/below")["service"] == "identity"
    assert raw(place, f"{path}beside")["service"] == "identity"


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/metrics/", "/dev", "/dev/clock", "//readyz", "/%72eadyz", "/a/../readyz"],
)
def test_private_paths_never_reach_a_service_under_their_name(place: Place, path: str) -> None:
    """However they are written."""
    assert raw(place, path)["path"] == "/not-on-the-public-origin"


def test_nothing_that_a_client_says_about_itself_arrives(place: Place) -> None:
    """Headers by which proxies vouch for people or addresses are the gateway's own or gone."""
    told = httpx.get(f"{place.public_url}/manage", headers=dict.fromkeys(FORGED, "forged")).json()["headers"]
    assert "forged" not in told.values()
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    under = httpx.get(f"{place.public_url}/manage", headers={"X_Forwarded_For": "forged"}).json()["headers"]
    assert "forged" not in under.values()


def test_what_belongs_to_the_application_does_arrive(place: Place) -> None:
    """Credentials, cookies, the caller's request id, and the function that a reverse proxy asks about."""
    kept = {
        "Authorization": "Bearer abc",
        "Cookie": "a=b",
        "X-Request-ID": "trace-0123456789",
        "X-Gatehouse-Function": "precert.submit",
        "Idempotency-Key": "one",
        "DPoP": "proof",
    }
    told = httpx.get(f"{place.public_url}/gate/check", headers=kept).json()["headers"]
    assert {name: told[name.lower()] for name in kept} == kept


def test_large_bodies_end_at_the_gateway(place: Place) -> None:
    """A service sees at most a mebibyte."""
    assert httpx.post(f"{place.public_url}/login", content=b"x" * 2**20).json()["size"] == 2**20
    assert httpx.post(f"{place.public_url}/login", content=b"x" * (2**20 + 1)).status_code == 413


def test_a_request_with_two_lengths_is_refused(place: Place) -> None:
    """Smuggling needs two readers that disagree; the first one already says no (RFC 9112 §6.3)."""
    connection = HTTPConnection("127.0.0.1", place.port, timeout=5)
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Length", "5")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = connection.getresponse()
    assert answer.status == 400
    connection.close()
