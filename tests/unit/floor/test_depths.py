"""A worker tells a scraper what waits in its tables."""

import urllib.request
from collections.abc import Iterator
from wsgiref.simple_server import WSGIServer

import pytest
from prometheus_client import REGISTRY

from shared.observability.depths import Depths, serve_depths
from tests.support.kiosk import Kiosk


@pytest.fixture
def server(kiosk: Kiosk) -> Iterator[WSGIServer]:
    """The worker's own port."""
    found = serve_depths(kiosk.context, "127.0.0.1:0")
    yield found
    found.shutdown()
    found.server_close()
    for collector in list(REGISTRY._collector_to_names):
        if isinstance(collector, Depths):
            REGISTRY.unregister(collector)


def test_what_waits_is_counted_when_somebody_asks(kiosk: Kiosk, server: WSGIServer) -> None:
    """A message and an audit entry that nobody has taken care of yet show up, with the service's name."""
    with kiosk.context.transaction() as work:
        work.mail("a.person@practice.example", "Hello", "Good morning.")
        work.audit("kiosk.opened", target="kiosk")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5) as answer:
        told = answer.read().decode()
    assert 'gatehouse_notices_waiting{service="kiosk"} 1.0' in told
    assert 'gatehouse_audit_unsealed{service="kiosk"} 1.0' in told
    assert 'gatehouse_outbox_waiting{service="kiosk"} 0.0' in told
    assert 'gatehouse_table_rows{service="kiosk",table="notices"} 1.0' in told
