"""What waits in a service's tables, read when a scraper asks: a worker's own metrics.

Asked in the worker because it is one process; web processes share their counters through files, which cannot hold
a value that is looked up.
"""

from collections.abc import Iterator, Mapping
from wsgiref.simple_server import WSGIServer

from prometheus_client import REGISTRY, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from shared.db.floor import audit_pending, notices
from shared.events import outbox, parked
from shared.observability.sizes import rows_of_tables
from shared.service import Context


class Depths(Collector):
    """Events to send, events set aside, messages to send, audit entries to seal; and how large every table is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing at registration, so that no query runs then."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; a database that is away shows as a scrape that fails."""
        now = self._context.clock.now()
        with self._context.reading() as session:
            depth = outbox.depth(session)
            aside = parked.waiting(session)
            unsent = session.execute(select(func.count()).where(notices.c.state == "waiting")).scalar_one()
            unsealed = session.execute(select(func.count()).select_from(audit_pending)).scalar_one()
            sizes = rows_of_tables(session)
        oldest = (now - depth.oldest_at).total_seconds() if depth.oldest_at else 0.0
        yield self._gauge("outbox_waiting", "Events not yet confirmed by the broker.", depth.waiting)
        yield self._gauge("outbox_oldest_seconds", "Age of the event that waits longest.", oldest)
        yield self._gauge("parked_events", "Events set aside until an operator decides.", aside)
        yield self._gauge("notices_waiting", "Mail and text messages not yet sent.", unsent)
        yield self._gauge("audit_unsealed", "Audit entries that wait for their seal.", unsealed)
        yield self._sizes(sizes)

    def _gauge(self, name: str, help_text: str, value: float) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"gatehouse_{name}", help_text, labels=["service"])
        family.add_metric([self._context.service.name], value)
        return family

    def _sizes(self, sizes: Mapping[str, int]) -> GaugeMetricFamily:
        family = GaugeMetricFamily("gatehouse_table_rows", "Rows of each table.", labels=["service", "table"])
        for table, rows in sizes.items():
            family.add_metric([self._context.service.name, table], rows)
        return family


def serve_depths(context: Context, bind: str) -> WSGIServer:
    """Answer scrapers at `bind` (`host:port`, a port of the worker's own); returns the server, for its `shutdown`."""
    REGISTRY.register(Depths(context))
    host, _, port = bind.rpartition(":")
    server, _thread = start_http_server(int(port), host or "127.0.0.1")
    return server
