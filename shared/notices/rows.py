"""Notices as rows: queued once per key, claimed by one sender at a time, emptied when done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import Update, insert, select, update
from sqlalchemy.orm import Session

from shared.db import claimed, insert_into
from shared.db.floor import notices

Channel = Literal["email", "sms"]
_LONGEST_SUBJECT = 300  # the column's width
_WAITING = notices.c.state == "waiting"


@dataclass(frozen=True)
class Notice:
    """One message on its way out. `id` is also what receivers can recognise a repetition by."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    attempts: int


def add(
    session: Session,
    *,
    id: str,
    channel: Channel,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    key: str | None = None,
) -> None:
    """Queue a notice with the caller's transaction; a `key` that was used before queues nothing."""
    values = {
        "id": id,
        "channel": channel,
        "recipient": to,
        "subject": subject if len(subject) <= _LONGEST_SUBJECT else subject[: _LONGEST_SUBJECT - 1] + "…",
        "body": text,
        "key": key,
        "state": "waiting",
        "due_at": at,
        "created_at": at,
    }
    if key is None:
        session.execute(insert(notices).values(values))
        return
    session.execute(insert_into(session, notices).values(values).on_conflict_do_nothing(index_elements=[notices.c.key]))


def due(session: Session, now: datetime, most: int) -> Sequence[str]:
    """Return the ids of notices that may be sent now, the longest waiting first."""
    return (
        session.execute(
            select(notices.c.id).where(_WAITING, notices.c.due_at <= now).order_by(notices.c.due_at).limit(most)
        )
        .scalars()
        .all()
    )


def claim(session: Session, notice_id: str, owner: str, now: datetime, lease: timedelta) -> Notice | None:
    """Take a notice for `lease`; None where another sender was first. A dead sender's claim runs out by itself."""
    mine = (notices.c.id == notice_id) & _WAITING & (notices.c.due_at <= now)
    taken = {"claimed_by": owner, "due_at": now + lease, "attempts": notices.c.attempts + 1}
    if not claimed(session.execute(update(notices).where(mine).values(taken))):
        return None
    row = session.execute(select(notices).where(notices.c.id == notice_id)).one()
    return Notice(row.id, cast("Channel", row.channel), row.recipient, row.subject, row.body, row.attempts)


def sent(session: Session, notice: Notice, owner: str, now: datetime) -> None:
    """Note that a notice left, and forget its text: it may hold a code that must live nowhere else."""
    session.execute(_of(notice, owner).values(state="sent", subject="", body="", settled_at=now, last_error=None))


def put_off(session: Session, notice: Notice, owner: str, until: datetime, error: str) -> None:
    """Note that a notice could not leave now, and when to try again."""
    session.execute(_of(notice, owner).values(due_at=until, last_error=error[:300], claimed_by=None))


def give_up(session: Session, notice: Notice, owner: str, now: datetime, error: str) -> None:
    """Note that a notice will never leave, and why; its text is forgotten too."""
    gone = {"state": "failed", "subject": "", "body": "", "settled_at": now, "last_error": error[:300]}
    session.execute(_of(notice, owner).values(gone))


def _of(notice: Notice, owner: str) -> Update:
    return update(notices).where(notices.c.id == notice.id, notices.c.claimed_by == owner, _WAITING)
