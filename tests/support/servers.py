"""The real servers of one test session: each started once, when the first test asks for it; all ended at the end."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import TypeVar

from deploy.servers import choice
from deploy.servers.kinds import Postgres, RabbitMQ, Redis, Server

AnyServer = TypeVar("AnyServer", bound=Server)


class Servers:
    """PostgreSQL, Redis and RabbitMQ, lazily. `close` also runs when the interpreter ends on its own terms."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gatehouse-"))
        self._folder.chmod(0o711)  # PostgreSQL's account must find its way to its own folder
        self._started: list[Server] = []
        atexit.register(self.close)

    @functools.cached_property
    def postgres(self) -> Postgres:
        return self._keep(choice.start_postgres(self._folder / "postgres"))

    @functools.cached_property
    def redis(self) -> Redis:
        return self._keep(choice.start_redis(self._folder / "redis"))

    @functools.cached_property
    def rabbitmq(self) -> RabbitMQ:
        return self._keep(choice.start_rabbitmq(self._folder / "rabbitmq"))

    def close(self) -> None:
        """End every server that was started; nothing in them is worth a polite goodbye."""
        atexit.unregister(self.close)
        while self._started:
            self._started.pop().abandon()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _keep(self, server: AnyServer) -> AnyServer:
        self._started.append(server)
        return server
