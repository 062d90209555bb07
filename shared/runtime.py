"""Turns a service and its settings into running things; the only module that looks at URL schemes.

build(service, settings) ─▶ Context ─▶ web(context)      a Flask app
                                    └▶ worker(context)  relay · consumer · notices · jobs, a thread each
"""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import structlog
from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.auth import enforce
from shared.auth.verifier import TokenVerifier
from shared.cache import Cache, MemoryCache, RedisCache
from shared.clock import Clock, SystemClock
from shared.config import Settings, load, unsafe_values
from shared.db import Database, open_database
from shared.events.bell import Bell, LocalBell, PostgresBell
from shared.events.inbox import Inbox
from shared.events.transports.rabbit_consumer import RabbitConsumer
from shared.events.transports.rabbit_publisher import RabbitPublisher
from shared.ids import Ids, RandomIds, SeededIds
from shared.loading import settled
from shared.neighbours import Neighbours
from shared.notices.sms import HttpSms
from shared.notices.smtp import SmtpTransport
from shared.notices.transport import NoticeTransport
from shared.observability import configure_logs, install_health, install_requests
from shared.observability.depths import serve_depths
from shared.service import Context, Service
from shared.web.addresses import install_addresses
from shared.web.again import insisting
from shared.web.api import install_api
from shared.web.csrf import install_csrf
from shared.web.exits import install_exits
from shared.web.express import install_express
from shared.web.idempotency import install_idempotency
from shared.web.security import install_security
from shared.web.shell.install import install_shell
from shared.worker import Worker

_log = structlog.get_logger("runtime")
_LARGEST_BODY = 1024 * 1024
_HEARTBEAT = 2.0  # seconds between two signs of life of a worker


class _App(Flask):
    """Flask, told that no view and no hook is a coroutine: it would ask each of them, on every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        return insisting(super().dispatch_request)


def build(
    service: Service,
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    cache: Cache | None = None,
    transports: Mapping[str, httpx.BaseTransport] | None = None,
) -> Context:
    """Open what the settings name and let the service add its own parts; nothing connects before its first use.

    `clock`, `ids` and `cache` are given by tests and the local run; `transports` reaches neighbours in this process.
    """
    if isinstance(ids, SeededIds) and settings.mode != "test":
        raise ValueError("reproducible ids are for tests only")
    clock = clock or SystemClock()
    database = open_database(settings.database_url)
    neighbours = Neighbours(service.name, settings, clock, transports)
    audience = f"{settings.public_url}/api/{service.api}"
    context = Context(
        service=service,
        settings=settings,
        clock=clock,
        ids=ids or RandomIds(),
        database=database,
        cache=cache or open_cache(settings.cache_url, service.name, clock),
        neighbours=neighbours,
        verifier=TokenVerifier(settings.public_url, audience, clock, neighbours.jwks),
        bell=open_bell(database),
    )
    service.build(context)
    return context


def open_cache(url: str, service: str, clock: Clock) -> Cache:
    """Open `redis://…`, or `memory:` for one process."""
    if url.startswith("memory:"):
        return MemoryCache(clock)
    return RedisCache(url, f"gatehouse:{service}:")


def open_bell(database: Database) -> Bell:
    """Return what wakes the relay after a commit: NOTIFY across processes, an event inside one."""
    return PostgresBell(database) if database.dialect == "postgresql" else LocalBell()


def web(context: Context) -> Flask:
    """Return the service's Flask app: floor first, then the service's own doors."""
    service, settings = context.service, context.settings
    app = _App(service.package, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.extensions["gatehouse"] = context
    install_requests(app, context)
    install_exits(app)
    install_addresses(app)
    app.before_request(enforce)
    install_csrf(app, public_url=settings.public_url, keys=settings.secret_keys)
    install_security(app, public_url=settings.public_url)
    install_idempotency(app, context)
    install_shell(
        app,
        asset_prefix=service.prefixes[0],
        brand=settings.brand,
        help_phone=settings.help_phone,
        languages=settings.languages,
        service_catalogue=service.folder / service.package / "locale",
        service_assets=service.folder / service.package / "assets",
        clock=context.clock,
    )
    install_health(app, context)
    install_api(app, service)
    service.mount(app, context)
    install_express(app, context)
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    return app


def web_from_environment(service: Service) -> Flask:
    """What gunicorn loads: settings from the environment, logs on, unsafe values announced."""
    settings = load(service.settings)
    configure_logs(service.name, settings.log_level)
    for sentence in unsafe_values(settings):
        _log.warning("unsafe", detail=sentence)
    return web(build(service, settings))


def worker(context: Context) -> Worker:
    """Return the worker of a production process: its events travel through the broker that the settings name."""
    url = context.settings.broker_url
    publisher = RabbitPublisher(url, context.service.name)
    consumer = RabbitConsumer(url, Inbox(context)) if context.service.subscriptions else None
    return Worker(context, publisher, consumer, notice_transports(context.settings))


def notice_transports(settings: Settings) -> dict[str, NoticeTransport]:
    """Return the ways out that are set up; a channel without one holds its messages back."""
    found: dict[str, NoticeTransport] = {}
    if settings.smtp_url:
        found["email"] = SmtpTransport(settings.smtp_url, settings.mail_from)
    if settings.sms_url:
        found["sms"] = HttpSms(settings.sms_url)
    return found


def run_worker(context: Context) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    configure_logs(context.service.name, context.settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    running = worker(context)
    settled()
    running.start(stop)
    metrics = os.environ.get("WORKER_METRICS_BIND")
    if metrics:
        serve_depths(context, metrics)
    _log.info("working", service=context.service.name)
    _beat(running, stop, os.environ.get("WORKER_HEARTBEAT"))
    running.join()


def _beat(running: Worker, stop: threading.Event, heartbeat: str | None) -> None:
    """Touch the heartbeat file while all threads live; exit where one is gone, so that somebody starts us again."""
    while not stop.wait(_HEARTBEAT):
        if not running.alive:
            stop.set()
            raise SystemExit("a thread of the worker ended; the log says why")
        if heartbeat:
            Path(heartbeat).touch()
