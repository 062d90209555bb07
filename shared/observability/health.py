"""`/healthz` (the process lives), `/readyz` (it can do its work: one line per check), `/metrics`."""

import os

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text

from shared.auth import open_to_all
from shared.cache import CacheAway, RedisCache
from shared.db.revisions import behind
from shared.service import Context


def readiness(context: Context) -> dict[str, str]:
    """Return each check with `ok` or what is wrong."""
    checks = {}
    try:
        with context.database.connection() as connection:
            connection.execute(text("SELECT 1"))
        checks["database"] = "ok"
        waiting = behind(context.database, context.service.migrations)
        checks["schema"] = "ok" if not waiting else f"run the migrate command: {', '.join(waiting)}"
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the answer
        checks["database"] = type(error).__name__
    try:
        if isinstance(context.cache, RedisCache):
            context.cache.ping()
        checks["cache"] = "ok"
    except CacheAway:
        # Without the cache the service works on, only stricter: not a reason to take it out of service.
        checks["cache"] = "away: throttles are stricter"
    return checks


def install_health(app: Flask, context: Context) -> None:
    """Add the three endpoints; the gateway publishes none of them."""

    @app.get("/healthz")
    @open_to_all("an orchestrator asks, on the service's own port")
    def healthz() -> Response:
        return jsonify(status="ok", service=context.service.name)

    @app.get("/readyz")
    @open_to_all("an orchestrator asks, on the service's own port")
    def readyz() -> tuple[Response, int]:
        checks = readiness(context)
        ready = all(value == "ok" for name, value in checks.items() if name != "cache")
        return jsonify(ready=ready, checks=checks), 200 if ready else 503

    @app.get("/metrics")
    @open_to_all("a metrics scraper asks, on the service's own port")
    def metrics() -> Response:
        registry = REGISTRY
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
