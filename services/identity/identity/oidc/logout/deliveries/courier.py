"""Carrying logout tokens to apps, several at once: an app that hangs holds up nobody but itself.

In a process each app has one thread at a time, which stops at the first attempt that nobody answers. The job below is
the safety net: what a dead worker left, and what is due again. Each attempt is claimed by a guarded UPDATE and noted
in a transaction of its own; nothing is open while an app thinks.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import structlog

from identity.oidc.logout.deliveries import service
from identity.oidc.logout.deliveries.models import APPS_WITH_DUE, DUE_OF_APP
from identity.oidc.logout.deliveries.schedule import Outcome, judged
from identity.oidc.logout.deliveries.service import Delivery
from identity.oidc.logout.deliveries.token import LOGOUT_TYPE, claims_of_logout
from identity.oidc.outbound.fetcher import Unreachable
from identity.oidc.provider import Provider
from shared.service import Context, Job

_THREADS = 16
_AT_A_STRETCH = 50  # deliveries to one app before its thread is free for another
_PATIENCE = 0.3  # seconds that the job waits for those on their way
_log = structlog.get_logger("oidc.logout")


class Courier:
    """One process's way out for logout tokens; threads start with the first of them, so also after a fork."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[str, Future[int]] = {}

    def look(self) -> None:
        """Give every app with something due a thread, unless it has one; returns at once."""
        context = self._context
        with context.database.connection() as connection:
            apps = connection.execute(APPS_WITH_DUE, {"now": context.clock.now()}).scalars().all()
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(_THREADS, "logout")
            for client_id in apps:
                if client_id not in self._under_way or self._under_way[client_id].done():
                    self._under_way[client_id] = self._pool.submit(self._carry, client_id)

    def settled(self, seconds: float) -> int:
        """Wait for those under way, at most so long; return how many deliveries they have settled meanwhile."""
        with self._lock:
            waited_for = dict(self._under_way)
        done, _ = wait(waited_for.values(), timeout=seconds)
        with self._lock:
            for client_id, carried in waited_for.items():
                if carried in done and self._under_way.get(client_id) is carried:
                    del self._under_way[client_id]
        return sum(carried.result() for carried in done)

    def _carry(self, client_id: str) -> int:
        told = 0
        for _ in range(_AT_A_STRETCH):
            delivery = self._next(client_id)
            if delivery is None:
                break
            outcome = self._attempt(delivery)
            told += outcome is Outcome.TOLD
            if outcome is Outcome.AWAY:
                break
        return told

    def _next(self, client_id: str) -> Delivery | None:
        now = self._context.clock.now()
        with self._context.database.connection() as connection:
            due = connection.execute(DUE_OF_APP, {"now": now, "client": client_id}).scalars().first()
        if due is None:
            return None
        with self._context.transaction() as work:
            return service.claim(work, due)

    def _attempt(self, delivery: Delivery) -> Outcome:
        try:
            outcome, why = self._post(delivery)
        except Unreachable as unreachable:
            outcome, why = Outcome.AWAY, str(unreachable)
        except Exception as error:  # noqa: BLE001 - what stopped it is noted, or it would be tried without an end
            outcome, why = Outcome.AWAY, type(error).__name__
        with self._context.transaction() as work:
            service.note(work, delivery, outcome, why)
        if outcome is not Outcome.TOLD:
            _log.warning("app_not_signed_out", client=delivery.client_id, attempt=delivery.attempt, why=why)
        return outcome

    def _post(self, delivery: Delivery) -> tuple[Outcome, str]:
        provider = self._context.part(Provider)
        client = provider.clients.find(delivery.client_id)
        if client is None or not client.enabled or client.backchannel_logout_uri is None:
            return Outcome.NOBODY, "the app has no address for it any more"
        now = self._context.clock.now()
        claims = claims_of_logout(
            provider.issuer, client.id, delivery.id, delivery.account_id, delivery.session_id, now
        )
        token = provider.ring.sign(claims, typ=LOGOUT_TYPE, algorithm=client.signing_alg)
        status = provider.fetcher.post_form(client.backchannel_logout_uri, {"logout_token": token})
        return judged(status), f"answered {status}"


def _send(context: Context) -> int:
    """Job: hand on what is due, and wait a moment for the answers."""
    courier = context.part(Courier)
    courier.look()
    return courier.settled(_PATIENCE)


JOBS = (Job("tell-apps-of-sign-outs", timedelta(0), _send),)
