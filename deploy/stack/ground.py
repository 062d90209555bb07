"""What a stack stands on: PostgreSQL, Redis and RabbitMQ, started and ended together."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy.servers import choice
from deploy.servers.kinds import Postgres, RabbitMQ, Redis, Server

AnyServer = TypeVar("AnyServer", bound=Server)


@dataclass
class Servers:
    """The three servers."""

    postgres: Postgres
    redis: Redis
    rabbitmq: RabbitMQ

    @classmethod
    def start(cls, folder: Path, *, durable: bool) -> "Servers":
        """Start all three side by side in `folder`; raises DidNotStart, and then leaves none behind."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # PostgreSQL's account must find its way to its own folder
        started: list[Server] = []
        try:
            with ThreadPoolExecutor(3) as pool:
                postgres = pool.submit(
                    _kept, started, lambda: choice.start_postgres(folder / "postgres", durable=durable)
                )
                redis = pool.submit(_kept, started, lambda: choice.start_redis(folder / "redis"))
                rabbitmq = pool.submit(_kept, started, lambda: choice.start_rabbitmq(folder / "rabbitmq"))
            return cls(postgres.result(), redis.result(), rabbitmq.result())
        except BaseException:
            side_by_side([server.abandon for server in started])
            raise

    def ended(self) -> str | None:
        """The name of one that should run and does not."""
        every = {"PostgreSQL": self.postgres, "Redis": self.redis, "RabbitMQ": self.rabbitmq}
        return next((name for name, server in every.items() if not server.running), None)

    def stop(self) -> None:
        """End all three politely."""
        side_by_side((self.rabbitmq.stop, self.redis.stop, self.postgres.stop))


def side_by_side(acts: Iterable[Callable[[], object]]) -> None:
    """Do all of them at once; raise the first fault when the last is done."""
    with ThreadPoolExecutor(16) as pool:
        running = [pool.submit(act) for act in acts]
    for future in running:
        future.result()


def _kept(started: list[Server], start: Callable[[], AnyServer]) -> AnyServer:
    server = start()
    started.append(server)
    return server
