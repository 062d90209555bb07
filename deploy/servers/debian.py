"""PostgreSQL, Redis and RabbitMQ from Debian's packages, each with its own folder, port and password.

A folder that already holds data is used again, so `make stack` keeps what it knew. No system service, system
account setting or system configuration file is read or touched.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from deploy.servers.kinds import USER, Postgres, RabbitMQ, Redis
from deploy.servers.process import DidNotStart, Process, Together, identity_of

POSTGRES_USER = "postgres"  # PostgreSQL refuses root; Debian's package brings this account
HINT = "`deploy/provision.sh` installs it"

# No waiting for the disk; a commit still reaches the operating system, so it survives the crash of the server.
FAST_AND_LOOSE = {"fsync": "off", "full_page_writes": "off"}


def start_postgres(folder: Path, *, durable: bool = False, port: int | None = None) -> Postgres:
    """Start a cluster in `folder`; without `durable` it does not wait for the disk, which tests do not need."""
    programs = programs_of("/usr/lib/postgresql/*/bin/postgres").parent
    password = prepare(folder)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _initdb(programs, folder, data)
    port = port or free_port()
    settings = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "300",
        "timezone": "UTC",
        **({} if durable else FAST_AND_LOOSE),
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), *options]
    # SIGINT: end sessions and shut down. SIGQUIT: drop everything, recover from the log at the next start.
    process = Process(
        "postgres", command, folder, stop_with=signal.SIGINT, kill_with=signal.SIGQUIT, user=POSTGRES_USER
    )
    server = Postgres(process, port, password)
    server.start()
    return server


def start_redis(folder: Path, *, port: int | None = None) -> Redis:
    """Start a Redis that keeps nothing on disk and never evicts: counters and used-once marks must not vanish."""
    program = programs_of("/usr/bin/redis-server")
    password, port = prepare(folder), port or free_port()
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"]
    lines += ["maxmemory-policy noeviction", "daemonize no", f"dir {folder}"]
    configuration = write_private(folder / "redis.conf", "\n".join(lines) + "\n")
    server = Redis(Process("redis", [str(program), str(configuration)], folder), port, password)
    server.start()
    return server


def start_rabbitmq(folder: Path, *, port: int | None = None) -> RabbitMQ:
    """Start a node with a name, cookie, ports and Erlang name server of its own."""
    program = programs_of("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
    password, port = prepare(folder), port or free_port()
    management, distribution, names = free_port(), free_port(), free_port()
    lines = ["loopback_users = none", f"default_user = {USER}", f"default_pass = {password}"]
    lines += ["management.tcp.ip = 127.0.0.1", f"management.tcp.port = {management}"]
    lines += ["log.console = true", "log.console.level = warning", "log.file = false"]
    write_private(folder / "rabbitmq.conf", "\n".join(lines) + "\n")
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    environment = _rabbitmq_environment(folder, port, distribution, names)
    name_server = Process("epmd", ["epmd", "-address", "127.0.0.1", "-port", str(names)], folder, environment)
    node = Process("rabbitmq", [str(program)], folder, environment)
    server = RabbitMQ(Together([name_server, node]), port, password, management_port=management)
    server.start()
    return server


def _rabbitmq_environment(folder: Path, port: int, distribution: int, names: int) -> dict[str, str]:
    return {
        "HOME": str(folder),  # the Erlang cookie lives here
        "RABBITMQ_NODENAME": "gatehouse@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        # The start script then becomes the node instead of watching it, so that our pid is the node's.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def _initdb(programs: Path, folder: Path, data: Path) -> None:
    secret = write_private(folder / "initdb-password", (folder / "password").read_text())
    own(folder, POSTGRES_USER)
    own(secret, POSTGRES_USER)
    command = [str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--pwfile", str(secret)]
    command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **identity_of(POSTGRES_USER)
    )
    secret.unlink(missing_ok=True)
    if done.returncode != 0:
        raise DidNotStart(f"initdb in {folder}: {done.stderr or done.stdout}")


def programs_of(pattern: str) -> Path:
    """The newest file that matches an absolute pattern; raises DidNotStart naming what is missing."""
    found = sorted(Path("/").glob(pattern.lstrip("/")))
    if not found:
        raise DidNotStart(f"{pattern} is not on this machine; {HINT}")
    return found[-1]


def prepare(folder: Path) -> str:
    """Make the folder and return the password kept in it, a new one the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "password"
    if not kept.exists():
        write_private(kept, secrets.token_hex(16))
    return kept.read_text()


def write_private(path: Path, text: str) -> Path:
    """Write a file that only its owner reads."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return path


def own(path: Path, user: str) -> None:
    """Give `path` to `user` when we are root."""
    if os.geteuid() == 0:
        shutil.chown(path, user, user)


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
