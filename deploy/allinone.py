"""The whole suite in one process: what `make run` starts and what the tests build.

The only file that knows all services (what fills and describes them, the demo and the docs, apart).

SQLite files in one folder, events and cache in this process, mail and text messages captured, a clock that can be
frozen, one public origin with a prefix table in front of four ordinary Flask apps. Outbox, relay and inbox run as in
production; only the things behind the URLs differ.
"""

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from flask import Flask

from access_manager.app import SERVICE as ACCESS_MANAGER
from availability.app import SERVICE as AVAILABILITY
from deploy.dev import app as dev
from deploy.portal.app import create_app as create_portal
from identity.app import SERVICE as IDENTITY
from registration.app import SERVICE as REGISTRATION
from shared import runtime
from shared.cache import MemoryCache
from shared.clock import SettableClock
from shared.config import Settings
from shared.db.migrate import migrate
from shared.events.inbox import Inbox
from shared.events.transports.memory import MemoryBus
from shared.ids import Ids, RandomIds
from shared.notices.captured import CapturedMessages
from shared.service import Context, Service
from shared.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SERVICES: tuple[Service, ...] = (IDENTITY, REGISTRATION, ACCESS_MANAGER, AVAILABILITY)
PRIVATE = ("/healthz", "/readyz", "/metrics")
_TRIALS = ("trial", "trial-partner", "suite-service")  # clients of the demo that keep a secret


class PrefixTable:
    """One public origin: the longest prefix decides which app answers; identity has everything else."""

    def __init__(
        self, apps: Mapping[str, "WSGIApplication"], services: Sequence[Service], extra: "WSGIApplication"
    ) -> None:
        prefixes = [(prefix, apps[service.name]) for service in services for prefix in service.prefixes]
        self._table = sorted([*prefixes, ("/dev", extra)], key=lambda entry: -len(entry[0]))
        self._default = apps["identity"]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the app that owns the path; what belongs to a service's own port is not here."""
        path = str(environ.get("PATH_INFO", ""))
        if path in PRIVATE:
            environ["PATH_INFO"] = "/not-on-the-public-origin"
        for prefix, app in self._table:
            if path == prefix or path.startswith(prefix.rstrip("/") + "/"):
                return app(environ, start_response)
        return self._default(environ, start_response)


@dataclass
class Secrets:
    """What a first start makes up and every later start finds again."""

    keys: dict[str, str]
    clients: dict[str, str]

    @classmethod
    def kept_in(cls, file: Path) -> "Secrets":
        """Read the secrets, making those that are missing first; the file is the owner's alone."""
        found: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
        names = [*(service.name for service in SERVICES), "portal"]
        made = {
            "keys": {name: secrets.token_urlsafe(48) for name in names},
            "clients": {name: secrets.token_urlsafe(32) for name in [*names, *_TRIALS]},
        }
        kept = {kind: new | found.get(kind, {}) for kind, new in made.items()}
        if kept != found:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(kept, indent=1))
        return cls(kept["keys"], kept["clients"])


@dataclass
class Suite:
    """Four services, their portal and their surroundings, ready to answer."""

    folder: Path
    public_url: str
    portal_url: str
    clock: SettableClock
    secrets: Secrets
    messages: CapturedMessages
    contexts: dict[str, Context]
    workers: dict[str, Worker]
    wsgi: PrefixTable
    portal: Flask
    facts: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> None:
        """Deliver every event and message that waits, and run what is due, until nothing moves."""
        if not _settled(self.workers, 50):
            raise RuntimeError("events keep causing events")

    def start(self, stop: threading.Event) -> None:
        """Start the workers' threads."""
        for worker in self.workers.values():
            worker.start(stop)


def build(
    folder: Path,
    public_url: str,
    portal_url: str,
    *,
    clock: SettableClock | None = None,
    ids: Ids | None = None,
    bus: MemoryBus | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Suite:
    """Put the suite together on the files in `folder`; migrates them, seeds nothing, starts nothing.

    `overrides` are settings by name, for the services that have them; raises ValueError for one that none has.
    """
    known = {name for service in SERVICES for name in service.settings.model_fields}
    if unknown := set(overrides or ()) - known:
        raise ValueError(f"no service has the setting {', '.join(sorted(unknown))}")
    clock, bus = clock or SettableClock(), bus or MemoryBus()
    kept = Secrets.kept_in(folder / "secrets.json")
    messages = CapturedMessages(clock)
    late = _Late()
    transports = {service.name: httpx.WSGITransport(app=late) for service in SERVICES}
    contexts: dict[str, Context] = {}
    for service in SERVICES:
        settings = _settings(service, folder, public_url, kept, overrides or {})
        cache = MemoryCache(clock)
        context = runtime.build(
            service, settings, clock=clock, ids=ids or RandomIds(), cache=cache, transports=transports
        )
        migrate(context.database, service.migrations)
        contexts[service.name] = context
    workers = {name: _worker(context, bus, messages) for name, context in contexts.items()}
    apps: dict[str, WSGIApplication] = {name: runtime.web(context) for name, context in contexts.items()}
    portal = create_portal(
        public_url,
        "portal",
        kept.clients["portal"],
        portal_url,
        kept.keys["portal"],
        now=lambda: clock.now().timestamp(),
    )
    facts: dict[str, Any] = {}
    development = _dev_app(_listing(messages, workers), clock, lambda: facts, contexts["identity"].settings)
    table = PrefixTable(apps, SERVICES, development)
    late.app = table
    return Suite(folder, public_url, portal_url, clock, kept, messages, contexts, workers, table, portal, facts)


class _Late:
    """A WSGI app that is known only after those that call it have been built."""

    app: "WSGIApplication"

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.app(environ, start_response)


def _settings(
    service: Service, folder: Path, public_url: str, kept: Secrets, overrides: Mapping[str, object]
) -> Settings:
    values: dict[str, object] = {
        "mode": "all-in-one",
        "public_url": public_url,
        "database_url": f"sqlite:///{folder}/{service.name}.db",
        "broker_url": "memory:",
        "cache_url": "memory:",
        "secret_key": kept.keys[service.name],
        "service_client_secret": kept.clients[service.name],
        "trusted_proxies": 0,
        **{f"{name.name.replace('-', '_')}_url": public_url for name in SERVICES},
        **{name: value for name, value in overrides.items() if name in service.settings.model_fields},
    }
    return service.settings.model_validate(values)


def _worker(context: Context, bus: MemoryBus, messages: CapturedMessages) -> Worker:
    if context.service.subscriptions:
        bus.attach(Inbox(context))
    return Worker(context, bus.publisher(context.service.name), None, {"email": messages, "sms": messages})


def _settled(workers: Mapping[str, Worker], rounds: int) -> bool:
    return any(not sum(worker.settle() for worker in workers.values()) for _ in range(rounds))


def _listing(messages: CapturedMessages, workers: Mapping[str, Worker]) -> dev.Messages:
    def listed(to: str | None) -> list[dict[str, object]]:
        # A program asks right after the page said "we sent a code": what is on its way is delivered first.
        _settled(workers, 5)
        return [message.as_json() for message in messages.list(to or None)]

    return listed


def _dev_app(
    listed: dev.Messages, clock: SettableClock, facts: Callable[[], Mapping[str, Any]], settings: Settings
) -> Flask:
    return dev.install(dev.create_app(listed, clock, facts), help_phone=settings.help_phone, clock=clock)
