"""A stack from its first process to its last: starts the table's programs in order, watches them, ends them by pid."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping

import httpx

from deploy.servers.process import DidNotStart, Process
from deploy.stack.environment import (
    DEPLOY,
    command_of,
    environment_of,
    make_secrets,
    of_others,
    runnable,
    write_addresses,
    write_ways_out,
    write_wrapper,
)
from deploy.stack.gateway import gateway
from deploy.stack.ground import Servers, side_by_side
from deploy.stack.place import Place
from deploy.stack.table import PORTAL_CLIENT, PROGRAMS, SECRETS, SERVICES, WEBS, Program, stages

_PATIENCE = 60.0  # seconds until a program that says nothing counts as broken


class Stack:
    """The suite on given servers: gateway, a web process and a worker per service, the sample portal."""

    def __init__(
        self,
        place: Place,
        servers: Servers,
        *,
        ways_out: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        programs: Iterable[Program] = PROGRAMS,
    ) -> None:
        """`ways_out` names where mail and text messages go (secret files smtp_url, sms_url; otherwise they are left as
        they are), `environment` is given to every program on top of its own."""
        self.place = place
        self.servers = servers
        self.processes: dict[str, Process] = {}
        self._ways_out = dict(ways_out or {})
        self._environment = dict(environment or {})
        self._programs = list(programs)

    def start(self) -> None:
        """Start everything and return when all of it answers; raises DidNotStart with the reason."""
        place, servers = self.place, self.servers
        make_secrets(place)
        write_addresses(place, servers.postgres, servers.redis, servers.rabbitmq)
        write_ways_out(place, self._ways_out)
        self._lay_out_folders()
        for group in stages(self._programs):
            self._start_group(group)
        for web in WEBS:
            self.wait_ready(web)
        self._add(gateway(place)).start()
        self._add(self._portal()).start()
        self._wait("gateway", f"{place.public_url}/.well-known/openid-configuration")
        self._wait("portal", place.portal_url)

    def stop(self) -> None:
        """End every program, the outermost first, each by its pid; what is in hand is finished."""
        outer = [self.processes[name] for name in ("gateway", "portal") if name in self.processes]
        side_by_side([process.stop for process in outer])
        side_by_side([process.stop for process in self.processes.values() if process not in outer])

    def kill(self, name: str) -> None:
        """Crash a program and all that it forked, as the end of its container would."""
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()

    def fail_if_any_ended(self) -> None:
        """Raise DidNotStart, with the end of its log, for a program or a server that should run and does not."""
        for process in self.processes.values():
            if not process.running:
                last = f"The end of {process.log}:\n{process.last_words()}"
                raise DidNotStart(f"{process.name} ended by itself. {last}")
        server = self.servers.ended()
        if server is not None:
            raise DidNotStart(f"{server} ended by itself.")

    def wait_ready(self, web: str) -> None:
        """Return when the /readyz of a web program says yes; raises DidNotStart when it ended or stays silent."""
        self._wait(web, f"{self.place.address(web)}/readyz")

    def run(
        self,
        name: str,
        words: list[str],
        environment: Mapping[str, str],
        watch: Callable[[], None] = lambda: None,
        without: Collection[str] = (),
    ) -> str:
        """Run a command to its end and return what it printed; raises DidNotStart where it failed.

        `watch` is called while it runs; when that raises, the command is ended. `without`: as of `Process`.
        """
        inherited = {name: value for name, value in os.environ.items() if name not in without}
        variables = {**inherited, **environment, **self._environment}
        with subprocess.Popen(
            words,
            cwd=self.place.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            try:
                out, err = _told_by(child, watch)
            except BaseException:
                child.kill()
                raise
        (self.place.logs / f"{name}.log").write_text(out + err)
        if child.returncode != 0:
            raise DidNotStart(f"{name} failed:\n{(out + err)[-2000:]}")
        return out

    def command(self, service: str, *words: str) -> str:
        """Run an administrator's command (`command("identity", "keys", "list")`) and return what it printed."""
        program = next(entry for entry in self._programs if entry.name == f"{service}-migrate")
        variables = environment_of(program, self.place)
        return self.run(f"{service}-command", runnable([service, *words]), variables, without=of_others(program))

    def healthy(self, name: str) -> bool:
        """What the health check of the image says about a web process or a worker."""
        program = next(entry for entry in self._programs if entry.name == name)
        variables = {**os.environ, **environment_of(program, self.place)}
        check = [str(DEPLOY / "healthcheck"), program.kind]
        return subprocess.run(check, env=variables, capture_output=True, check=False).returncode == 0

    def doctor(self) -> dict[str, bool]:
        """What `gatehouse doctor` says about the services: address → ready."""
        addresses = [self.place.address(name) for name in SERVICES]
        told = json.loads(self.run("doctor", runnable(["gatehouse", "doctor", *addresses, "--json"]), {}))
        return {row["address"]: row["ready"] for row in told}

    def seed(self) -> dict[str, object]:
        """Let the demo's people and practices in, and return the facts that demo.json holds."""
        place = self.place
        environments = {
            program.service: environment_of(program, place) for program in self._programs if program.kind == "worker"
        }
        plan = {"folder": str(place.folder), "public_url": place.public_url, "portal_url": place.portal_url}
        file = place.folder / "people-plan.json"
        file.write_text(json.dumps({**plan, "environments": environments}))
        self.run("people", [sys.executable, "-m", "deploy.stack.people", str(file)], {}, self.fail_if_any_ended)
        facts: dict[str, object] = json.loads((place.folder / "demo.json").read_text())
        return facts

    def _lay_out_folders(self) -> None:
        self.place.own("log")
        self.place.fresh("metrics")
        self.place.fresh("heartbeat")
        for program in self._programs:
            if program.kind == "web":
                self.place.own(f"metrics/{program.name}")
            if program.name in SERVICES:
                write_wrapper(program, self.place)

    def _start_group(self, group: list[Program]) -> None:
        for program in group:
            if program.kind != "once":
                self._add(self._process(program)).start()
        side_by_side([self._once(program) for program in group if program.kind == "once"])

    def _once(self, program: Program) -> Callable[[], object]:
        words = command_of(program, self.place)
        if program.name == "identity-bootstrap":
            words += [word.replace(SECRETS, str(self.place.secrets)) for word in PORTAL_CLIENT]
            words.append(self.place.portal_url)
        variables = environment_of(program, self.place)
        return lambda: self.run(program.name, words, variables, without=of_others(program))

    def _process(self, program: Program) -> Process:
        environment = {**environment_of(program, self.place), **self._environment}
        command = command_of(program, self.place)
        return Process(program.name, command, self.place.logs, environment, without=of_others(program))

    def _portal(self) -> Process:
        place = self.place
        words = ["gunicorn", "--config", "python:deploy.gunicorn_conf", "--bind", f"{place.host}:{place.portal_port}"]
        environment = {
            "PORTAL_ISSUER": place.public_url,
            "PORTAL_PUBLIC_URL": place.portal_url,
            "PORTAL_CLIENT_ID": "portal",
            "PORTAL_CLIENT_SECRET_FILE": str(place.secrets / "portal_client_secret"),
            "PORTAL_SECRET_KEY": (place.secrets / "portal_secret_key").read_text(),
            "WEB_CONCURRENCY": "1",  # it keeps its sessions in memory
        }
        words = runnable([*words, "deploy.portal.app:app_from_environment()"])
        return Process("portal", words, place.logs, {**environment, **self._environment})

    def _add(self, process: Process) -> Process:
        self.processes[process.name] = process
        return process

    def _wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        process = self.processes[name]
        told = "nothing"
        while time.monotonic() < deadline:
            process.fail_if_ended()
            try:
                answer = httpx.get(url, timeout=5)
                if answer.status_code == 200:
                    return
                told = answer.text[:500]
            except httpx.HTTPError as error:
                told = type(error).__name__
            time.sleep(0.05)
        raise DidNotStart(f"{name} is not ready after {_PATIENCE:.0f} s ({told}):\n{process.last_words()}")


def _told_by(child: "subprocess.Popen[str]", watch: Callable[[], None]) -> tuple[str, str]:
    while True:
        try:
            return child.communicate(timeout=0.5)
        except subprocess.TimeoutExpired:
            watch()
