"""What a receiver does with its stream: makes it, looks at it, changes it, verifies it, ends it. One function per verb.

Every function is told the client: another's stream is answered as one that nobody has.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from identity.oidc.clients.models import ClientRow
from identity.oidc.provider import Provider
from identity.settings import IdentitySettings
from identity.signals.bearer import listens
from identity.signals.delivery.models import begun_anew
from identity.signals.delivery.queue import put
from identity.signals.kinds import STREAM_UPDATED, VERIFICATION, of_stream
from identity.signals.models import SignalSet, SignalStream, SignalSubject, streams
from identity.signals.streams import configuration
from identity.signals.streams.configuration import VERIFY_EVERY
from shared.db import claimed, insert_into
from shared.errors import conflict, forbidden, not_found, too_many
from shared.service import Work

ENABLED, PAUSED, DISABLED = "enabled", "paused", "disabled"
STATUSES = (ENABLED, PAUSED, DISABLED)
ALL = "ALL"


def listed(session: Session, client_id: str) -> list[SignalStream]:
    """Return the streams of a client: one, or none."""
    return list(session.scalars(select(SignalStream).where(SignalStream.client_id == client_id)))


def find(session: Session, client_id: str, stream_id: str) -> SignalStream:
    """Return the client's stream of this id; raises the 404 Problem for any other, whoever has it."""
    return _only(session, _mine(client_id, stream_id))


def create(work: Work, client_id: str, body: Mapping[str, Any]) -> SignalStream:
    """Make the client's stream (SSF 1.0 §8.1.1.1); raises the 400 Problem, and 409 where there is one already."""
    settings = work.context.settings_as(IdentitySettings)
    wished = configuration.whole(body, at_home=not settings.secure)
    fixed = {"id": work.ids.new("str"), "client_id": client_id, "status": ENABLED, "created_at": work.now}
    row = fixed | {"default_subjects": settings.signal_subjects, "changed_at": work.now, **_sealed(work, wished)}
    once = insert_into(work.session, streams).values(row).on_conflict_do_nothing()
    made = work.session.execute(once.returning(streams.c.id)).scalar_one_or_none()
    if made is None:
        raise conflict("stream-exists", "This client has a stream already: read it, and change or delete that one.")
    work.audit("signal_stream.created", target=made, after={"client": client_id} | _shown(wished))
    return work.session.get_one(SignalStream, made)


def change(work: Work, client_id: str, body: Mapping[str, Any], *, whole: bool) -> SignalStream:
    """Change what the body speaks of, or, `whole`, replace everything (§8.1.1.3, §8.1.1.4).

    Raises the 400 and 404 Problems. What a push is authorized with goes to the address it was given for: a new address
    without it has none.
    """
    stream = _held(work, client_id, str(body.get("stream_id", "")))
    issuer, at_home = work.context.part(Provider).issuer, not work.context.settings.secure
    configuration.insist_ours(body, configuration.told(stream, issuer))
    configuration.insist_own_poll(body, issuer, stream.id)
    read = configuration.whole if whole else configuration.part
    wished = read(body, at_home=at_home)
    if wished.get("endpoint", stream.endpoint) != stream.endpoint:
        wished.setdefault("authorization", None)
    before = {name: getattr(stream, name) for name in wished}
    for name, value in _sealed(work, wished).items():
        setattr(stream, name, value)
    stream.changed_at = work.now
    work.audit("signal_stream.changed", target=stream.id, before=_shown(before), after=_shown(wished))
    return stream


def end(work: Work, client_id: str, stream_id: str) -> None:
    """Delete the stream with everything that waits in it (§8.1.1.5); raises the 404 Problem."""
    remove(work, _held(work, client_id, stream_id), None)


def remove(work: Work, stream: SignalStream, reason: str | None) -> None:
    """Delete a stream with its subjects and sets."""
    for kept in (SignalSet, SignalSubject):
        work.session.execute(delete(kept).where(kept.stream_id == stream.id))
    work.session.delete(stream)
    work.audit("signal_stream.deleted", target=stream.id, before={"client": stream.client_id}, reason=reason)


def set_status(work: Work, client_id: str, stream_id: str, status: str, reason: str | None) -> SignalStream:
    """Let the receiver turn its stream on, hold it or turn it off (§8.1.2.2); raises the 403 and 404 Problems."""
    stream = _held(work, client_id, stream_id)
    if stream.held and status == ENABLED:
        raise forbidden("stream-held", "The operator stopped this stream; ask them to start it again.")
    turn(work, stream, status, reason)
    if status == ENABLED:  # what we had to say of its status before is news no more
        work.session.execute(delete(SignalSet).where(*_waiting(stream), SignalSet.kind == STREAM_UPDATED))
    return stream


def turn(work: Work, stream: SignalStream, status: str, reason: str | None) -> None:
    """Give a stream a status. One that is disabled holds nothing back; in one that goes on, what waited is due now."""
    before = {"status": stream.status}
    stream.status, stream.reason, stream.changed_at = status, reason, work.now
    if status == DISABLED:
        work.session.execute(delete(SignalSet).where(*_waiting(stream), SignalSet.kind != STREAM_UPDATED))
    if status == ENABLED and before["status"] != ENABLED:
        work.session.execute(begun_anew(stream.id, work.now))
    work.audit("signal_stream.turned", target=stream.id, before=before, after={"status": status}, reason=reason)


def verify(work: Work, client_id: str, stream_id: str, state: str | None) -> None:
    """Send the receiver an event by which it knows that the stream works (§8.1.4).

    At most one a minute: raises 429 otherwise, and 404. A stream that is disabled sends and keeps nothing.
    """
    stream = find(work.session, client_id, stream_id)
    if stream.status == DISABLED:
        return
    pause = timedelta(seconds=VERIFY_EVERY)
    rested = streams.c.verified_at.is_(None) | (streams.c.verified_at <= work.now - pause)
    once = update(streams).where(streams.c.id == stream.id, rested).values(verified_at=work.now)
    if not claimed(work.session.execute(once)):
        since = work.now - (stream.verified_at or work.now)
        raise too_many(int((pause - since).total_seconds()) + 1, f"Ask for one verification in {VERIFY_EVERY} seconds.")
    event = {VERIFICATION: {} if state is None else {"state": state}}
    put(work, stream, about_itself(work, stream, event))


def about_itself(work: Work, stream: SignalStream, event: Mapping[str, object]) -> dict[str, object]:
    """Return the claims of an event about the stream, with a transaction of its own (SSF 1.0 §4.1.9)."""
    return {"sub_id": of_stream(stream.id), "events": event, "txn": work.ids.new("txn")}


def wanting(session: Session, kind: str, account_id: str) -> list[SignalStream]:
    """Return the streams that an event of `kind` about this person is for: enabled, or paused and waiting.

    The receiver asked for the kind, the person is not left out, and the client may still listen.
    """
    found = session.execute(
        select(SignalStream, SignalSubject.wanted, ClientRow)
        .join(ClientRow, ClientRow.id == SignalStream.client_id)
        .outerjoin(
            SignalSubject,
            (SignalSubject.stream_id == SignalStream.id) & (SignalSubject.account_id == account_id),
        )
        .where(SignalStream.status.in_((ENABLED, PAUSED)))
        .order_by(SignalStream.id)
    )
    return [
        stream
        for stream, wanted, client in found
        if kind in stream.delivered and _is_about(stream, wanted) and listens(client)
    ]


def _is_about(stream: SignalStream, wanted: bool | None) -> bool:
    return stream.default_subjects == ALL if wanted is None else wanted


def _waiting(stream: SignalStream) -> tuple[ColumnElement[bool], ...]:
    return (SignalSet.stream_id == stream.id, SignalSet.settled_at.is_(None))


def _mine(client_id: str, stream_id: str) -> Select[SignalStream]:
    return select(SignalStream).where(SignalStream.id == stream_id, SignalStream.client_id == client_id)


def _held(work: Work, client_id: str, stream_id: str) -> SignalStream:
    return _only(work.session, _mine(client_id, stream_id).with_for_update())


def _only(session: Session, asked: Select[SignalStream]) -> SignalStream:
    stream = session.scalars(asked).one_or_none()
    if stream is None:
        raise not_found("There is no stream of this client with that stream_id.")
    return stream


def _sealed(work: Work, wished: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as they are stored: what a push is authorized with only encrypted."""
    if not wished.get("authorization"):
        return dict(wished)
    return {**wished, "authorization": work.context.part(Provider).box.encrypt(wished["authorization"])}


def _shown(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns for the audit: of an address the host, as what follows it may be a secret of the receiver's."""
    shown = {name: value for name, value in columns.items() if name != "authorization"}
    return shown | ({"endpoint": urlsplit(shown["endpoint"]).hostname} if shown.get("endpoint") else {})
