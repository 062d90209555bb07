"""Apps that listen for logout tokens, and what the worker does until every one of them has been asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from identity.oidc.clients.policy import ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.oidc.logout.deliveries.courier import Courier
from identity.oidc.logout.deliveries.models import deliveries
from shared.db.floor import audit_entries
from shared.events.inbox import Inbox
from shared.events.transports.memory import MemoryBus
from shared.worker import Worker
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, App, Browser, Suite, specs
from tests.support.logout_receiver import LogoutReceiver, keys_of, validated

LONG = 15.0  # seconds; longer than any attempt may take


class Ears:
    """Identity's worker, as far as apps wait for it; every event comes twice, as a broker may bring it."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        bus = MemoryBus(twice=True)
        bus.attach(Inbox(suite.context))
        self._worker = Worker(suite.context, bus.publisher("identity"), None, {})

    def hear(self) -> None:
        """Take in what was published; what is owed to apps is on its way when this returns."""
        self._worker.relay.drain()

    def settle(self) -> int:
        """Return when every app that is due has been asked; how many were told."""
        self.hear()
        courier = self.suite.context.part(Courier)
        courier.look()
        return courier.settled(LONG)

    def later(self, **time: float) -> int:
        """Let time pass, then the same."""
        self.suite.clock.advance(timedelta(**time))
        return self.settle()


def spec_of(name: str) -> ClientSpec:
    """Return a client of the tests as it is registered."""
    return next(spec for spec in specs() if spec.id == name)


def register(suite: Suite, name: str, **changes: Any) -> None:
    """Bring a client of the tests up to date; it takes logout tokens only where it says so."""
    spec = replace(spec_of(name), **{"backchannel_logout_uri": None, **changes})
    with suite.context.transaction() as work:
        ensure_client(work, spec, SECRETS[name])


@contextmanager
def listening(suite: Suite, name: str = "portal", status: int = 200) -> Iterator[LogoutReceiver]:
    """Run an app that has registered where it takes logout tokens."""
    with LogoutReceiver(status) as receiver:
        register(suite, name, backchannel_logout_uri=receiver.url)
        yield receiver


def claims_at(suite: Suite, receiver: LogoutReceiver, client_id: str = "portal") -> list[dict[str, Any]]:
    """Return what every token says that came to an app, each one checked as the app must."""
    keys, now = keys_of(suite.http), suite.clock.now().timestamp()
    return [validated(token, keys, ORIGIN, client_id, now) for token in receiver.tokens]


def rows(suite: Suite) -> list[Any]:
    """Return every delivery as it stands, oldest first."""
    with suite.context.reading() as session:
        return list(session.execute(select(deliveries).order_by(deliveries.c.created_at, deliveries.c.client_id)))


def audited(suite: Suite) -> list[tuple[str, str, Any, str | None]]:
    """Return (action, target, after, reason) of what was written down about apps being told."""
    of_apps = (
        select(audit_entries).where(audit_entries.c.action.like("app_sign_out.%")).order_by(audit_entries.c.number)
    )
    with suite.context.reading() as session:
        return [(row.action, row.target, row.after, row.reason) for row in session.execute(of_apps)]


def signed_in(suite: Suite, browser: Browser, *names: str) -> dict[str, dict[str, Any]]:
    """Sign the person of a browser in to apps; return each one's tokens."""
    callbacks = {name: spec_of(name).redirect_uris[0] for name in names}
    return {name: App(suite, name, callbacks[name]).tokens(browser) for name in names}
