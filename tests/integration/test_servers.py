"""The servers of the tests are real, fresh for each test, and come back from a fault with what they promised."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pika.exceptions
import psycopg
import pytest
import redis

from deploy.servers.choice import start_rabbitmq
from deploy.servers.kinds import Postgres, RabbitMQ, Redis
from tests.support.throwaway import wait_for


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_two_databases_know_nothing_of_each_other(postgres: Callable[..., str]) -> None:
    """Every call of the factory gives an empty database."""
    first, second = postgres("one"), postgres("two")
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    with connect(second) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM kept")


def test_postgres_recovers_what_was_committed_before_a_crash(
    postgres: Callable[..., str], postgres_server: Postgres
) -> None:
    """A killed PostgreSQL is away, then back at the same address with the committed rows."""
    url = postgres()
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
    with postgres_server.away(), pytest.raises(psycopg.OperationalError):
        connect(url)
    with connect(url) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(7,)]


def test_redis_starts_every_test_empty(redis_url: str) -> None:
    """Nothing of an earlier test is left, and nothing is evicted silently."""
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.set("left", "behind")


def test_redis_comes_back_at_the_same_address(redis_url: str, redis_server: Redis) -> None:
    """A lost Redis refuses, then answers again, empty."""
    with redis_server.away(), redis.Redis.from_url(redis_url) as client, pytest.raises(redis.ConnectionError):
        client.execute_command("ping")
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def taken(rabbit: str) -> list[bytes]:
    """The message of the queue, once it has a leader again: until then the broker closes whoever asks."""
    try:
        with pika.BlockingConnection(pika.URLParameters(rabbit)) as again:
            body = again.channel().basic_get("kept", auto_ack=True)[2]
    except pika.exceptions.ConnectionClosedByBroker:
        return []
    return [] if body is None else [body]


@pytest.fixture
def lone_rabbitmq(tmp_path: Path) -> Iterator[RabbitMQ]:
    """A node that nobody else uses: it notes its quorum queues on disk only while no other queue comes or goes."""
    server = start_rabbitmq(tmp_path / "rabbitmq")
    try:
        yield server
    finally:
        server.abandon()


def test_rabbitmq_keeps_a_confirmed_message_over_a_crash(lone_rabbitmq: RabbitMQ) -> None:
    """What a quorum queue confirmed is there when the killed node is back."""
    rabbit = lone_rabbitmq.new_vhost()
    connection = pika.BlockingConnection(pika.URLParameters(rabbit))
    channel = connection.channel()
    channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    channel.basic_publish("", "kept", b"promise", pika.BasicProperties(delivery_mode=2), mandatory=True)
    with lone_rabbitmq.away(), pytest.raises(pika.exceptions.AMQPError):
        channel.basic_get("kept")
    found: list[bytes] = []
    wait_for(lambda: found or found.extend(taken(rabbit)), 90)
    assert found == [b"promise"]
