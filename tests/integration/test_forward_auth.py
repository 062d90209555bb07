"""The configurations of deploy/gateway/forward_auth, in real proxies: they pass, refuse and strip as the guide says.

visitor ── nginx or Caddy ──▶ the portal (an echo)
                └── /gate/check ──▶ availability, on the clock of the test
"""

import json
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from werkzeug.serving import BaseWSGIServer, make_server

from deploy.servers.debian import free_port, own
from deploy.servers.process import Process
from deploy.stack import gateway
from tests.service.availability.world import PROBE_PASS, Hours, service_on
from tests.support.echoes import Echoes
from tests.support.throwaway import wait_for

pytestmark = pytest.mark.stack

FILES = gateway.FILES / "forward_auth"
NGINX, CADDY = "nginx", "caddy"
OUTSIDE_HOURS, WITHIN_HOURS = "2026-11-22T21:30", "2026-11-23T12:00"
NIGHTLY = "/precertifications/new?draft=1"
WEBPAGE = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en"}
EMERGENCY = {"calendars": ["website"], "emergency": True, "reason": "Something broke"}
# What proxies elsewhere say of people, in the spellings that somebody could try (threat 48).
FORGED = (
    "Forwarded", "Remote-User", "Remote-Groups", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email",
    "X-Forwarded-Groups", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Auth-Request-User", "X-Auth-Request-Email",
    "X-Client-Cert", "X-SSL-Client-Verify", "X-Gatehouse-Account", "X-Gatehouse-Organization", "X-Gatehouse-Function",
    "X-Gatehouse-Pass", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "Proxy", "Remote_User",
    "X_Forwarded_User", "X_Gatehouse_Account", "x-forwarded-USER",
)  # fmt: skip


@dataclass
class Portal:
    """A proxy with a portal behind it and a gate beside it."""

    url: str
    hours: Hours
    gate: "Gate"

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """What a visitor gets."""
        return httpx.request(method, self.url + path, headers={"Accept": "application/json", **headers}, timeout=10)


class Gate:
    """Availability on a port of its own, which can go away and come back."""

    def __init__(self, hours: Hours) -> None:
        self._hours, self.port = hours, free_port()
        self._server: BaseWSGIServer | None = None

    def start(self) -> None:
        """Answer."""
        self._server = make_server("127.0.0.1", self.port, self._hours.app, threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def nginx(folder: Path, port: int, gate: int, app: int) -> Process:
    """The files as they are, with the two that each deployment writes."""
    for file in FILES.glob("*.conf"):
        shutil.copy(file, folder)
    upstreams = f"upstream gate {{ server 127.0.0.1:{gate}; }}\nupstream app {{ server 127.0.0.1:{app}; }}\n"
    (folder / "addresses.conf").write_text(upstreams)
    (folder / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n")
    own(folder, "www-data")
    return Process(
        NGINX, ["/usr/sbin/nginx", "-p", f"{folder}/", "-c", str(folder / "nginx.conf"), "-e", "stderr"], folder
    )


def caddy(folder: Path, port: int, gate: int, app: int) -> Process:
    """The file as it is; everything else is in the environment."""
    shutil.copy(FILES / "Caddyfile", folder)
    addresses = {"LISTEN": f"http://127.0.0.1:{port}", "GATE": f"127.0.0.1:{gate}", "APP": f"127.0.0.1:{app}"}
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return Process(CADDY, command, folder, {**addresses, "HOME": str(folder)})


@pytest.fixture(scope="module", params=[NGINX, CADDY])
def proxied(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """One running proxy of each kind for the module."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-portal-"))
    folder.chmod(0o711)
    with service_on(f"sqlite:///{folder}/availability.sqlite") as hours:
        gate, app, port = Gate(hours), Echoes("portal", free_port()), free_port()
        make = {NGINX: nginx, CADDY: caddy}[request.param]
        settings = folder / "proxy"
        settings.mkdir()
        process = make(settings, port, gate.port, app.server_port)
        gate.start()
        process.start()
        portal = Portal(f"http://127.0.0.1:{port}", hours, gate)
        wait_for(lambda: process.fail_if_ended() or _answers(portal), 10)
        yield portal
        process.stop()
        gate.stop()
        app.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def portal(proxied: Portal) -> Iterator[Portal]:
    """Everything is open at noon on Monday; what a test has begun is over afterwards."""
    proxied.hours.at(WITHIN_HOURS)
    yield proxied
    proxied.hours.at(WITHIN_HOURS)
    for one in proxied.hours.all_maintenance():
        if one["state"] == "in_effect":
            proxied.hours.post(f"/maintenance/{one['id']}/end", {"reason": "The test is over"})


def _answers(portal: Portal) -> bool:
    try:
        return portal.get("/").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_open_function_passes_with_its_body_and_query(portal: Portal, method: str) -> None:
    """The portal gets the request as it was sent: the question to the gate took nothing from it."""
    answer = httpx.request(method, portal.url + NIGHTLY, content=b"x" * 5000, timeout=10)
    assert (answer.status_code, answer.json()["path"], answer.json()["size"]) == (200, NIGHTLY, 5000)


def test_a_closed_function_is_refused_as_a_problem(portal: Portal) -> None:
    """J4: 503, when it opens, when to come back, and nothing reaches the portal; its neighbour stays open."""
    portal.hours.at(OUTSIDE_HOURS)
    answer = portal.get(NIGHTLY)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/function-closed"
    assert answer.json()["next_open"] == "2026-11-23T10:00:00Z"
    assert answer.headers["Retry-After"] == str(7 * 3600 + 1800)
    assert "WWW-Authenticate" not in answer.headers
    assert portal.get("/claims").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_every_method_is_refused_alike(portal: Portal, method: str) -> None:
    """A form that is sent a minute too late is answered with the problem, not with a fault of the proxy."""
    portal.hours.at(OUTSIDE_HOURS)
    answer = httpx.request(method, portal.url + NIGHTLY, content=b"x" * 5000, timeout=10)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/function-closed")


@pytest.mark.parametrize(("language", "words"), [("en", "This part is closed now"), ("es", "Esta parte está cerrada")])
def test_people_get_a_page_in_their_language(portal: Portal, language: str, words: str) -> None:
    """J4: a plain page with the next opening, and no way to sign in on it."""
    portal.hours.at(OUTSIDE_HOURS)
    answer = portal.get(NIGHTLY, **{**WEBPAGE, "Accept-Language": language})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (503, "text/html")
    assert words in answer.text
    assert "password" not in answer.text.lower()
    assert int(answer.headers["Retry-After"]) > 0


def test_maintenance_closes_and_opens_every_part(portal: Portal) -> None:
    """J2, J4: from the next request on."""
    begun = portal.hours.post("/maintenance", EMERGENCY, status=201)
    assert (portal.get("/claims").status_code, portal.get(NIGHTLY).status_code) == (503, 503)
    assert portal.get("/claims").json()["reason"] == "maintenance"
    portal.hours.post(f"/maintenance/{begun['id']}/end", {"reason": "Mended"})
    assert (portal.get("/claims").status_code, portal.get(NIGHTLY).status_code) == (200, 200)


def test_maintenance_of_another_client_is_none_of_ours(portal: Portal) -> None:
    """J2: the configuration says which client this portal is; the visitor cannot."""
    portal.hours.post("/maintenance", {**EMERGENCY, "clients": ["portal-east"]}, status=201)
    assert portal.get("/claims").status_code == 200
    portal.hours.post("/maintenance", {**EMERGENCY, "clients": ["portal"]}, status=201)
    assert portal.get("/claims?client=portal-east").status_code == 503


def test_a_probe_passes_maintenance_and_the_portal_never_sees_its_secret(portal: Portal) -> None:
    """J2: the allow-list works through the proxy, and the pass stays there."""
    portal.hours.post("/maintenance", {**EMERGENCY, "allowed": ["probes"]}, status=201)
    answer = portal.get("/claims", **{"X-Gatehouse-Pass": PROBE_PASS})
    assert answer.status_code == 200
    assert PROBE_PASS not in answer.text
    assert portal.get("/claims", **{"X-Gatehouse-Pass": PROBE_PASS + "x"}).status_code == 503


def test_nobody_talks_their_way_in(portal: Portal) -> None:
    """Threats 48 and 51: neither function, client, time nor method is taken from a visitor."""
    portal.hours.at(OUTSIDE_HOURS)
    sneaky = {
        "X-Gatehouse-Function": "eligibility.view",
        "X-Original-URL": "/claims",
        "X-Rewrite-URL": "/claims",
        "X-Forwarded-Uri": "/claims",
        "X-Forwarded-Method": "OPTIONS",
        "X-HTTP-Method-Override": "OPTIONS",
        "Date": "Mon, 23 Nov 2026 12:00:00 GMT",
    }
    assert portal.get(NIGHTLY + "&function=eligibility.view", **sneaky).status_code == 503


@pytest.mark.parametrize(
    "path",
    ["/precertifications", "/x/../precertifications/new", "/%70recertifications/new", "//precertifications/new"],
)
def test_another_spelling_of_the_path_is_the_same_part(portal: Portal, path: str) -> None:
    """Threat 47: as long as the portal reads it so, its hours count."""
    portal.hours.at(OUTSIDE_HOURS)
    with httpx.Client(base_url=portal.url) as client:
        request = client.build_request("GET", "/", headers={"Accept": "application/json"})
        request.url = request.url.copy_with(raw_path=path.encode())
        assert client.send(request).status_code == 503


def test_what_a_visitor_says_to_be_does_not_arrive(portal: Portal) -> None:
    """Threat 48: identity headers end at the proxy, in every spelling; what it vouches for is its own."""
    told = portal.get("/claims", **dict.fromkeys(FORGED, "forged")).json()["headers"]
    assert [name for name, value in told.items() if "forged" in value] == []
    forged = portal.get("/claims", **{"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}).json()["headers"]
    assert "203.0.113.9" not in json.dumps(forged)
    assert forged["x-forwarded-for"] == "127.0.0.1"


def test_what_belongs_to_the_portal_arrives(portal: Portal) -> None:
    """Its cookies, its credentials, its own headers."""
    kept = {"Authorization": "Bearer abc", "Cookie": "portal=1", "X-Request-ID": "trace-1", "Idempotency-Key": "one"}
    told = portal.get("/claims", **kept).json()["headers"]
    assert {name: told[name.lower()] for name in kept} == kept


def test_while_the_gate_is_away_nobody_passes(portal: Portal) -> None:
    """Fail closed (ASVS 16.5.3): 503 with the time to come back, a problem or a page; then it goes on by itself."""
    portal.gate.stop()
    for_programs, for_people = portal.get("/claims"), portal.get("/claims", **WEBPAGE)
    assert (for_programs.status_code, for_people.status_code) == (503, 503)
    assert (for_programs.headers["Retry-After"], for_people.headers["Retry-After"]) == ("5", "5")
    assert for_programs.headers["Content-Type"] == "application/problem+json"
    assert for_programs.json()["type"] == "/problems/service-away"
    assert "Back in a moment" in for_people.text and "Esta parte" not in for_people.text[:100]
    portal.gate.start()
    wait_for(lambda: portal.get("/claims").status_code == 200, 10)


def test_a_function_that_nobody_knows_passes_nobody(portal: Portal) -> None:
    """A slip in a configuration, or a schedule that forgot a function, closes; it never opens."""
    answer = portal.hours.client.get("/api/availability/v1/calendars", headers=portal.hours.token("hours.read"))
    known = dict(answer.json or {})
    forgotten = json.loads(json.dumps(known["schedule"]))
    del forgotten["functions"]["eligibility.view"]
    _publish(portal, forgotten, known["version"])
    assert portal.get("/claims").status_code in {404, 503}
    _publish(portal, known["schedule"], known["version"] + 1)
    assert portal.get("/claims").status_code == 200


def _publish(portal: Portal, schedule: dict[str, object], seen: int) -> None:
    body = {"schedule": schedule, "reason": "By a test", "seen": seen}
    answer = portal.hours.client.put(
        "/api/availability/v1/calendars", json=body, headers=portal.hours.token("hours.manage")
    )
    assert answer.status_code == 200, answer.json


def test_the_file_for_traefik_says_the_same() -> None:
    """No Traefik runs here: its file asks about the same functions and strips at least what nginx strips."""
    told = yaml.safe_load((FILES / "traefik.yml").read_text())["http"]
    asked = {one["forwardAuth"]["address"].partition("/gate/")[2] for one in _askers(told)}
    nginx_conf = (FILES / "nginx.conf").read_text()
    functions = set(re.findall(r"set \$gate_function ([\w.-]+);", nginx_conf))
    assert asked == {f"check?function={one}&client=portal" for one in functions}
    assert all(one["forwardAuth"]["trustForwardHeader"] is False for one in _askers(told))
    assert not any("Cookie" in one["forwardAuth"]["authRequestHeaders"] for one in _askers(told))
    emptied = {
        name for name, value in told["middlewares"]["stripped"]["headers"]["customRequestHeaders"].items() if not value
    }
    named = set(re.findall(r'proxy_set_header (\S+) ""', (FILES / "stripped.conf").read_text()))
    # Traefik writes these itself and believes nobody else's (forwardedHeaders.trustedIPs is empty)
    written_anew = {
        "X-Real-IP",
        *(f"X-Forwarded-{one}" for one in ("Host", "Port", "Prefix", "Server", "Uri", "Method")),
    }
    assert named - emptied == written_anew
    assert all("stripped" in router["middlewares"] for router in told["routers"].values())


def _askers(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in told["middlewares"].values() if "forwardAuth" in one]
