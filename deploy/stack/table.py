"""Which programs make up the suite, with which secrets, after what: data, the same for `make stack` and for compose.

docker-compose.yml says the same in its own language; tests/architecture/test_compose.py compares the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

SECRETS = "{secrets}"  # in a command: the folder of secret files (compose: /run/secrets)
POSTGRES, REDIS, RABBITMQ = "postgres", "redis", "rabbitmq"
SERVICES = ("identity", "registration", "access-manager", "availability")
# Identity's web program once more, for what programs call, with one thread for each process (decision 0042). The
# gateway sends it PROGRAMS_CALL; a storm of sign-ins at the other leaves it alone.
POOL = "identity-programs"
PROGRAMS_CALL = (
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/oauth/introspect",
    "/oauth/jwks",
    "/oauth/revoke",
    "/oauth/token",
    "/oauth/userinfo",
)
WEBS = (*SERVICES, POOL)
CLIENTS = ("registration", "access-manager", "availability")  # those that ask identity for tokens of their own
Kind = Literal["once", "web", "worker"]


@dataclass(frozen=True)
class Program:
    """One program. `after` names what must be done (once), ready (web) or answering (a server) before it starts."""

    name: str  # also its name in docker-compose.yml
    command: tuple[str, ...]
    kind: Kind
    after: tuple[str, ...]
    service: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)  # GATEHOUSE_*_FILE → name of the secret file
    mounts: tuple[str, ...] = ()  # secret files that the command itself names
    threads: int | None = None  # of each web process, where that is not the usual number


def stem(service: str) -> str:
    """The name of a service where dashes are not welcome: files, databases, roles, variables."""
    return service.replace("-", "_")


def settings_files(service: str) -> dict[str, str]:
    """Which settings of a service are read from which secret file; the same for all of its programs."""
    own = stem(service)
    files = {
        "GATEHOUSE_DATABASE_URL_FILE": f"{own}_database_url",
        "GATEHOUSE_BROKER_URL_FILE": "broker_url",
        "GATEHOUSE_CACHE_URL_FILE": "cache_url",
        "GATEHOUSE_SECRET_KEY_FILE": f"{own}_secret_key",
        "GATEHOUSE_SMTP_URL_FILE": "smtp_url",
        "GATEHOUSE_SMS_URL_FILE": "sms_url",
    }
    if service in CLIENTS:
        files["GATEHOUSE_SERVICE_CLIENT_SECRET_FILE"] = f"{own}_client_secret"
    if service == "identity":
        files["GATEHOUSE_PASSWORD_PEPPER_FILE"] = f"{own}_password_pepper"
    if service == "registration":
        files["GATEHOUSE_TIN_INDEX_KEY_FILE"] = "registration_tin_index_key"
    return files


def _databases() -> Program:
    passwords = tuple(f"{stem(service)}_database_password" for service in SERVICES)
    command = ("python", "-m", "deploy.postgres.databases", SECRETS)
    return Program("databases", command, "once", (POSTGRES,), mounts=("postgres_url", *passwords))


def _bootstrap() -> Program:
    files = {name: f"{stem(name)}_client_secret" for name in CLIENTS}
    words = [word for name, file in files.items() for word in ("--client-secret-file", f"{name}={SECRETS}/{file}")]
    return Program(
        "identity-bootstrap",
        ("identity", "bootstrap", *words),
        "once",
        ("identity-migrate",),
        "identity",
        settings_files("identity"),
        tuple(files.values()),
    )


def _programs_of(service: str) -> tuple[Program, ...]:
    migrated, files = f"{service}-migrate", settings_files(service)
    ready = ("identity-bootstrap", REDIS) if service == "identity" else (migrated, REDIS)
    return (
        Program(migrated, (service, "migrate"), "once", ("databases",), service, files),
        Program(service, (service, "web"), "web", ready, service, files),
        Program(f"{service}-worker", (service, "worker"), "worker", (migrated, REDIS, RABBITMQ), service, files),
    )


def _pool() -> Program:
    files, ready = settings_files("identity"), ("identity-bootstrap", REDIS)
    return Program(POOL, ("identity", "web"), "web", ready, "identity", files, threads=1)


PROGRAMS: tuple[Program, ...] = (
    _databases(),
    *(program for service in SERVICES for program in _programs_of(service)),
    _bootstrap(),
    _pool(),
)
# What the bootstrap is told on top where the sample portal runs too; compose has none.
PORTAL_CLIENT = ("--client-secret-file", f"portal={SECRETS}/portal_client_secret", "--portal-url")


def stages(programs: Sequence[Program] = PROGRAMS) -> list[list[Program]]:
    """The programs in groups: each group may start when everything once-only in the groups before it is done.

    Raises ValueError where programs wait for each other, or for something that nobody starts.
    """
    done = {POSTGRES, REDIS, RABBITMQ}
    left, found = list(programs), []
    while left:
        group = [program for program in left if done.issuperset(program.after)]
        if not group:
            raise ValueError(f"these can never start: {', '.join(program.name for program in left)}")
        found.append(group)
        done.update(program.name for program in group)
        left = [program for program in left if program not in group]
    return found


def secret_files() -> set[str]:
    """Every secret file that some program reads."""
    return {name for program in PROGRAMS for name in (*program.files.values(), *program.mounts)}
