"""What is forgotten, and when: nothing here grows without end.

A new table of the provider gets a line here, in KEPT or in NOT_GROWING; a test insists on that. How many rows each of
them holds is a gauge of the worker (`gatehouse_table_rows`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Delete

from identity.oidc import lives
from identity.oidc.authorize.pushed.models import expired as expired_requests
from identity.oidc.failures.models import forgotten as old_failures
from identity.oidc.grants.device_models import expired_devices
from identity.oidc.grants.models import expired_grants, expired_revocations
from identity.oidc.keys import service as keys
from identity.oidc.logout.deliveries.models import DEBTS as SIGN_OUTS
from identity.oidc.registration.models import forgotten as expired_initial_tokens
from identity.oidc.tokens.opaque import expired as expired_opaque_tokens
from shared.service import Context, Job

_BATCH = 1000


@dataclass(frozen=True)
class Kept:
    """How long rows of a table stay after their end. `batch(before, limit)` deletes some that ended before then."""

    table: str
    after: timedelta
    batch: Callable[[datetime, int], Delete]


KEPT = (
    # Codes and refresh tokens go with their grant; a late replay of one must still be recognized.
    Kept("oidc_grants", lives.KEPT_AFTER_END, expired_grants),
    Kept("oidc_device_codes", lives.KEPT_AFTER_END, expired_devices),
    Kept("oidc_pushed_requests", timedelta(hours=1), expired_requests),
    Kept("oidc_opaque_tokens", timedelta(0), expired_opaque_tokens),
    Kept("oidc_revoked_tokens", timedelta(0), expired_revocations),
    # An operator looks into what was told to whom as long as into the session itself.
    Kept("oidc_logout_deliveries", timedelta(days=30), SIGN_OUTS.forgotten),
    Kept("oidc_client_failures", timedelta(days=30), old_failures),
    Kept("oidc_initial_tokens", timedelta(days=30), expired_initial_tokens),
)
NOT_GROWING = {
    "oidc_refresh_tokens": "they go with their grant",
    "oidc_clients": "operators register them",
    "oidc_signing_keys": "a handful; retired ones are forgotten below",
    "oidc_consents": "one for each person and app, until it is withdrawn",
    "oidc_registrations": "one for each client that registered itself, as often as operators allowed it",
    "oidc_openings": "one for each calendar",
}


def run(context: Context) -> int:
    """Delete what is past its time, table by table; return how many rows went.

    Each batch is a transaction, so that a long backlog never blocks token traffic.
    """
    gone = sum(_forget(context, one) for one in KEPT)
    with context.transaction() as work:
        return gone + keys.forget_retired(work.session, work.now)


def _forget(context: Context, kept: Kept) -> int:
    before = context.clock.now() - kept.after
    gone = 0
    while True:
        with context.transaction() as work:
            result = work.session.execute(kept.batch(before, _BATCH))
        batch = cast("CursorResult[object]", result).rowcount
        gone += batch
        if batch < _BATCH:
            return gone


JOBS = (Job("oidc-housekeeping", timedelta(minutes=10), run),)
