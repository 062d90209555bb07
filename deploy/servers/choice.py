"""Which way the servers run here: as containers where a Docker engine answers, else from Debian's packages."""

import functools
from pathlib import Path

from deploy.servers import debian, docker
from deploy.servers.kinds import Postgres, RabbitMQ, Redis

containers = functools.cache(docker.engine_answers)


def start_postgres(folder: Path, *, durable: bool = False, port: int | None = None) -> Postgres:
    """Start PostgreSQL and return when it answers; raises DidNotStart. `folder` is used by Debian's only."""
    if containers():
        return docker.start_postgres(durable=durable, port=port)
    return debian.start_postgres(folder, durable=durable, port=port)


def start_redis(folder: Path, *, port: int | None = None) -> Redis:
    """Start Redis and return when it answers; raises DidNotStart."""
    return docker.start_redis(port=port) if containers() else debian.start_redis(folder, port=port)


def start_rabbitmq(folder: Path, *, port: int | None = None) -> RabbitMQ:
    """Start RabbitMQ and return when it answers; raises DidNotStart."""
    return docker.start_rabbitmq(port=port) if containers() else debian.start_rabbitmq(folder, port=port)
