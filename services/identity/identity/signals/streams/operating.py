"""What an operator does with streams: looks at them, stops one, starts it again, removes it. One function per verb.

A receiver hears of it by an event in the stream itself, which is carried whatever its status (SSF 1.0 §8.1.5).
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.signals.delivery.queue import put
from identity.signals.kinds import STREAM_UPDATED
from identity.signals.models import SignalSet, SignalStream
from identity.signals.streams import service
from identity.signals.streams.service import ENABLED, PAUSED
from shared.errors import conflict, not_found
from shared.service import Work


def listed(session: Session) -> list[dict[str, Any]]:
    """Return every stream as an operator sees it, by client; nothing that a push is authorized with."""
    return [_told(session, stream) for stream in session.scalars(select(SignalStream).order_by(SignalStream.client_id))]


def shown(session: Session, name: str) -> dict[str, Any]:
    """Return one stream, named by its own id or its client's; raises the 404 Problem."""
    return _told(session, _named(session, name))


def pause(work: Work, name: str, reason: str) -> None:
    """Stop a stream: sets wait, and its receiver cannot start it again. Raises 404, and 409 where it is stopped."""
    stream = _named(work.session, name, lock=True)
    if stream.held:
        raise conflict("stream-stopped", "This stream is stopped already.")
    stream.held = True
    _turn(work, stream, PAUSED, reason)


def enable(work: Work, name: str) -> None:
    """Start a stream again, whoever stopped it. Raises 404, and 409 where it runs."""
    stream = _named(work.session, name, lock=True)
    if stream.status == ENABLED:
        raise conflict("stream-enabled", "This stream is enabled already.")
    stream.held = False
    _turn(work, stream, ENABLED, None)


def remove(work: Work, name: str, reason: str) -> None:
    """Delete a stream with everything that waits in it; raises 404. Its receiver may make another one."""
    service.remove(work, _named(work.session, name, lock=True), reason)


def _turn(work: Work, stream: SignalStream, status: str, reason: str | None) -> None:
    service.turn(work, stream, status, reason)
    event = {"status": status} | ({"reason": reason} if reason else {})
    put(work, stream, service.about_itself(work, stream, {STREAM_UPDATED: event}))


def _named(session: Session, name: str, *, lock: bool = False) -> SignalStream:
    asked = select(SignalStream).where((SignalStream.id == name) | (SignalStream.client_id == name))
    stream = session.scalars(asked.with_for_update() if lock else asked).first()
    if stream is None:
        raise not_found(f"There is no stream {name}, and no stream of a client of that name.")
    return stream


def _told(session: Session, stream: SignalStream) -> dict[str, Any]:
    waiting = select(func.count()).where(SignalSet.stream_id == stream.id, SignalSet.settled_at.is_(None))
    return {
        "stream_id": stream.id,
        "client": stream.client_id,
        "status": stream.status,
        "held": stream.held,
        "reason": stream.reason,
        "method": stream.method,
        "endpoint": stream.endpoint,
        "events": list(stream.delivered),
        "default_subjects": stream.default_subjects,
        "waiting": session.scalar(waiting),
        "created_at": stream.created_at.isoformat(),
        "changed_at": stream.changed_at.isoformat(),
    }
