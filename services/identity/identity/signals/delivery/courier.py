"""Pushing sets to receivers (RFC 8935): what is due to whom, one attempt, and the job that looks.

Nobody promises an order of sets (RFC 8417, "Sequencing"), but what is said of one person comes in the order in which it
happened: of two statements of somebody's functions the last is the true one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.orm import Session

from identity.oidc.outbound import courier
from identity.oidc.outbound.fetcher import Line
from identity.oidc.outbound.patience import Attempt, Outcome, asked_for
from identity.oidc.provider import Provider
from identity.signals.bearer import listens
from identity.signals.delivery import attempts, schedule
from identity.signals.delivery.models import ANY_TO_PUSH, DEBTS, ENABLED, STREAMS_WITH_DUE
from identity.signals.delivery.queue import SET_TYPE
from identity.signals.kinds import STREAM_UPDATED
from identity.signals.models import SignalStream
from shared.service import Context, Job

_KIND = f"application/{SET_TYPE}"


def _streams(context: Context) -> Sequence[str]:
    """Nothing is sent to a client that was switched off or may hear no more; what it is owed waits for its end."""
    clients = context.part(Provider).clients
    with context.database.connection() as connection:
        due = connection.execute(STREAMS_WITH_DUE, {"now": context.clock.now()}).all()
    return [row.id for row in due if listens(clients.find(row.client_id))]


def _post(context: Context, line: Line, debt: Row[Any]) -> Attempt:
    """Who paused the stream or switched its client off, while others were on their way, is told nothing more."""
    provider = context.part(Provider)
    with context.reading() as session:
        stream = session.get(SignalStream, debt.stream_id)
    if stream is None or stream.endpoint is None:
        return Attempt(Outcome.AWAY, "the stream has no address any more")
    may_go = stream.status == ENABLED or debt.kind == STREAM_UPDATED
    if not may_go or not listens(provider.clients.find(stream.client_id)):
        return Attempt(None)
    header = provider.box.decrypt(stream.authorization) if stream.authorization else None
    said = line.post_token(stream.endpoint, debt.token, _KIND, header)
    code = schedule.named(_error_of(said.body)) if said.status == 400 else None
    asked = asked_for(said.status, said.retry_after, context.clock.now())
    return Attempt(schedule.judged(said.status, code), f"answered {said.status}{f' {code}' if code else ''}", asked)


def _error_of(body: bytes) -> object:
    try:
        told = orjson.loads(body)
    except ValueError:
        return None
    return told.get("err") if isinstance(told, dict) else None


def _owed(session: Session) -> bool:
    """Whether a push is owed to anybody: where nobody has such a stream, the job costs one look a second."""
    return session.execute(ANY_TO_PUSH).first() is not None


_ERRAND = courier.Errand(
    "signals", DEBTS, schedule.LONGEST, _streams, attempts.due, attempts.person, _post, attempts.note
)


class Courier(courier.Courier):
    """One process's way out for sets."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.part(Provider).fetcher, _ERRAND)


JOBS = (Job("push-signals", timedelta(0), lambda context: context.part(Courier).run(), _owed),)
