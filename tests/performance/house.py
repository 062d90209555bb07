"""What is measured, running: the production shape (deploy.stack) on durable servers, and references beside it."""

import base64
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg

from deploy.servers.debian import free_port
from deploy.servers.process import DidNotStart, Process
from deploy.stack.environment import environment_of, runnable
from deploy.stack.ground import Servers
from deploy.stack.house import Stack
from deploy.stack.place import Place, reachable
from deploy.stack.table import POOL, PROGRAMS
from identity import demo as identity_demo
from identity.app import SERVICE as IDENTITY
from shared import runtime
from shared.config import load as load_settings
from tests.performance.load import Address, request

ROOT = Path(__file__).parents[2]
PASSWORD = "marble-otter-lantern-52"
GUNICORN = ("gunicorn", "--config", "python:deploy.gunicorn_conf")
CORES = len(os.sched_getaffinity(0))


class House:
    """A running suite with the demo's people. Everything started here ends with `close`, by its pid."""

    def __init__(self) -> None:
        self._ending = ExitStack()
        folder = reachable(Path(tempfile.mkdtemp(prefix="gatehouse-bench-")))
        self.folder = folder
        self._ending.callback(shutil.rmtree, folder, ignore_errors=True)
        self.servers = Servers.start(folder / "servers", durable=True)
        for server in (self.servers.postgres, self.servers.redis, self.servers.rabbitmq):
            self._ending.callback(server.abandon)
        place = Place.at(folder, "127.0.0.1", free_port(), portal_port=free_port())
        self.stack = Stack(place, self.servers)
        self._ending.callback(self.stack.stop)
        self.facts: dict[str, Any] = {}

    def start(self) -> None:
        """Start everything and let the demo's people in."""
        self.stack.start()
        self.facts = dict(self.stack.seed())

    def close(self) -> None:
        """End everything."""
        self._ending.close()

    def address(self, service: str) -> Address:
        """Host and port of a web program."""
        return "127.0.0.1", self.stack.place.ports[service]

    @property
    def programs(self) -> Address:
        """Where the gateway sends what programs call at identity."""
        return self.address(POOL)

    def environment(self, service: str) -> dict[str, str]:
        """The variables of a service's web process."""
        return environment_of(next(entry for entry in PROGRAMS if entry.name == service), self.stack.place)

    def serve(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], path: str) -> Address:
        """Run a reference under our gunicorn configuration; return when `path` answers."""
        port = free_port()
        metrics = self.folder / f"metrics-{name}"
        metrics.mkdir()
        words = runnable([*GUNICORN, "--bind", f"127.0.0.1:{port}", *arguments])
        variables = {"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": str(metrics), **environment}
        return self.run(Process(name, words, self.folder, variables), port, path)

    def run(self, process: Process, port: int, path: str) -> Address:
        """Start a process that is ended with the house; return when `path` answers at all."""
        process.start()
        self._ending.callback(process.stop)
        wait_for(process, f"http://127.0.0.1:{port}{path}")
        return "127.0.0.1", port

    def end(self, name: str) -> None:
        """End a process of the stack."""
        self.stack.processes[name].stop()

    def database(self, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection of the administrator to a service's database."""
        return psycopg.connect(self.servers.postgres.url(name).replace("+psycopg", ""), autocommit=True)

    def people(self, count: int) -> list[str]:
        """Make people who sign in with PASSWORD; return their user IDs."""
        environment = self.environment("identity")
        context = runtime.build(IDENTITY, load_settings(IDENTITY.settings, environment))
        names = [f"bench-person-{number}" for number in range(count)]
        people = [
            identity_demo.Someone(name, PASSWORD, f"Person {name}", f"{name}@example.test", active=True)
            for name in names
        ]
        identity_demo.seed(context, people)
        context.database.close()
        return names

    def token_request(self, scope: str, audience: str) -> bytes:
        """The raw request for a token of the suite's service client."""
        client = self.facts["service_client"]
        form = {"grant_type": "client_credentials", "scope": scope, "resource": f"{self.public_url}{audience}"}
        return form_request("/oauth/token", form, client["client_id"], client["client_secret"])

    def token(self, scope: str, audience: str) -> str:
        """A token of the suite's service client."""
        client = self.facts["service_client"]
        form = {"grant_type": "client_credentials", "scope": scope, "resource": f"{self.public_url}{audience}"}
        host, port = self.programs
        answer = httpx.post(
            f"http://{host}:{port}/oauth/token", data=form, auth=(client["client_id"], client["client_secret"])
        )
        return str(answer.raise_for_status().json()["access_token"])

    @property
    def public_url(self) -> str:
        """The issuer."""
        return self.stack.place.public_url


def form_request(path: str, form: Mapping[str, str], client_id: str, client_secret: str) -> bytes:
    """A raw POST of a form by a client with HTTP Basic."""
    basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", path, "127.0.0.1", headers, urlencode(form).encode())


def wait_for(process: Process, url: str, patience: float = 30) -> None:
    """Return when the address answers anything; raises DidNotStart."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        process.fail_if_ended()
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.02)
    raise DidNotStart(f"{process.name} does not answer:\n{process.last_words()}")


def python(*words: str) -> list[str]:
    """A command of the Python that runs us."""
    return [sys.executable, *words]
