"""What became of messages: asked by their keys, corrected by a report that one came back.

A mail server accepts first and finds out later, so `sent` is a belief; a bounce (RFC 3464) or a gateway's delivery
report turns it into `failed`. Reports name a message by the notice's id, which travels as its Message-ID (mail) or as
`id` (text messages).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.db import claimed
from shared.db.floor import notices

_ID = re.compile(r"<?(ntc_[0-9a-z]{1,60})(?:@[^<>\s]{1,255})?>?")


def states(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Return key → `waiting`, `sent` or `failed`, for the keys that a notice was queued under."""
    if not keys:
        return {}
    rows = session.execute(select(notices.c.key, notices.c.state).where(notices.c.key.in_(keys)))
    return {row.key: row.state for row in rows}


def named_by(message_id: str) -> str | None:
    """Return the notice's id of a Message-ID (RFC 5322 §3.6.4), with or without its brackets and domain, or None."""
    found = _ID.fullmatch(message_id.strip())
    return found[1] if found else None


def came_back(session: Session, notice_id: str, now: datetime, why: str) -> bool:
    """Note that a message did not arrive; False when no such message ever left. A second report changes nothing."""
    left = (notices.c.id == notice_id) & (notices.c.state == "sent")
    gone = {"state": "failed", "settled_at": now, "last_error": f"came back: {why}"[:300]}
    if claimed(session.execute(update(notices).where(left).values(gone))):
        return True
    state = session.execute(select(notices.c.state).where(notices.c.id == notice_id)).scalar_one_or_none()
    return state == "failed"
