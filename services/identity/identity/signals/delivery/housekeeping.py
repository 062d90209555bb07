"""What is forgotten of sets, and when: nothing here grows without end."""

from datetime import timedelta
from typing import cast

import structlog
from sqlalchemy import CursorResult, Delete, select

from identity.signals.delivery.models import DEBTS, forgotten
from identity.signals.delivery.schedule import KEPT
from identity.signals.models import streams
from shared.service import Context, Job

_BATCH = 1000
_log = structlog.get_logger("signals")


def run(context: Context) -> int:
    """Delete what was settled, or made and never taken, a week ago; return how many rows went."""
    before = context.clock.now() - KEPT
    gone = _forget(context, DEBTS.forgotten(before, _BATCH))
    for stream_id in _streams(context):
        untold = _forget(context, forgotten(stream_id, before, _BATCH))
        if untold:
            _log.warning("sets_forgotten_untold", stream=stream_id, sets=untold)
        gone += untold
    return gone


def _streams(context: Context) -> list[str]:
    with context.reading() as session:
        return list(session.scalars(select(streams.c.id)))


def _forget(context: Context, batch: Delete) -> int:
    """Each batch is a transaction, so that a long backlog never blocks what is told now."""
    gone = 0
    while True:
        with context.transaction() as work:
            went = cast("CursorResult[object]", work.session.execute(batch)).rowcount
        gone += went
        if went < _BATCH:
            return gone


JOBS = (Job("forget-signals", timedelta(hours=1), run),)
