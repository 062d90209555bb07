"""PostgreSQL, Redis and RabbitMQ as containers, for machines where a Docker engine answers.

The ports are bound by us, not by the engine, so that a server comes back at the address it left.
"""

import secrets
import shutil
import subprocess
from dataclasses import dataclass
from typing import cast

from testcontainers.core.container import DockerContainer

from deploy.servers.debian import FAST_AND_LOOSE, free_port
from deploy.servers.kinds import USER, Postgres, RabbitMQ, Redis
from deploy.servers.process import DidNotStart

IMAGES = {
    "postgres": "postgres:16-bookworm",
    "redis": "redis:7.4-bookworm",
    "rabbitmq": "rabbitmq:3.13-management",
}


@dataclass
class Container:
    """A container that can be started again and again; removed by testcontainers when this process ends."""

    definition: DockerContainer
    _created: bool = False

    @property
    def running(self) -> bool:
        return self._created and self._status() == "running"

    def start(self) -> None:
        if not self._created:
            self.definition.start()
            self._created = True
        elif not self.running:
            self.definition.get_wrapped_container().start()

    def stop(self) -> None:
        if self.running:
            self.definition.get_wrapped_container().stop(timeout=20)

    def kill(self) -> None:
        if self.running:
            self.definition.get_wrapped_container().kill()

    def fail_if_ended(self) -> None:
        if self._status() in {"exited", "dead"}:
            raise DidNotStart(f"the container ended:\n{self.last_words()}")

    def _status(self) -> str:
        self.definition.reload()  # the library remembers the state it saw at the start
        return str(self.definition.status)

    def last_words(self) -> str:
        out, err = self.definition.get_logs()
        return f"{out.decode(errors='replace')}{err.decode(errors='replace')}"[-2000:]


def engine_answers() -> bool:
    """True when `docker info` succeeds within 5 seconds; the same question as deploy/provision.sh asks."""
    program = shutil.which("docker")
    if program is None:
        return False
    try:
        return subprocess.run([program, "info"], capture_output=True, timeout=5, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def start_postgres(*, durable: bool = False, port: int | None = None) -> Postgres:
    """Start a cluster; without `durable` it does not wait for the disk."""
    password, port = secrets.token_hex(16), port or free_port()
    settings = {"max_connections": "300", "timezone": "UTC", **({} if durable else FAST_AND_LOOSE)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    definition = loopback_only(DockerContainer(IMAGES["postgres"]), {5432: port}).with_command(f"postgres {options}")
    definition.with_env("POSTGRES_USER", USER).with_env("POSTGRES_PASSWORD", password).with_env(
        "POSTGRES_DB", "postgres"
    )
    server = Postgres(Container(definition), port, password)
    server.start()
    return server


def start_redis(*, port: int | None = None) -> Redis:
    """Start a Redis that keeps nothing and never evicts."""
    password, port = secrets.token_hex(16), port or free_port()
    command = f"redis-server --requirepass {password} --save '' --appendonly no --maxmemory-policy noeviction"
    definition = loopback_only(DockerContainer(IMAGES["redis"]), {6379: port}).with_command(command)
    server = Redis(Container(definition), port, password)
    server.start()
    return server


def start_rabbitmq(*, port: int | None = None) -> RabbitMQ:
    """Start a node with its management API; the fixed host name keeps its data findable after a restart."""
    password, port, management = secrets.token_hex(16), port or free_port(), free_port()
    definition = DockerContainer(IMAGES["rabbitmq"], hostname="gatehouse-test")
    loopback_only(definition, {5672: port, 15672: management})
    definition.with_env("RABBITMQ_DEFAULT_USER", USER).with_env("RABBITMQ_DEFAULT_PASS", password)
    server = RabbitMQ(Container(definition), port, password, management_port=management)
    server.start()
    return server


def loopback_only(definition: DockerContainer, ports: dict[int, int]) -> DockerContainer:
    """Publish container ports on loopback; `with_bind_ports` would open them to the network."""
    for inside, outside in ports.items():
        published = cast(
            "dict[str, object]", definition.ports
        )  # the engine also takes an address, the types do not say
        published[f"{inside}/tcp"] = ("127.0.0.1", outside)
    return definition
