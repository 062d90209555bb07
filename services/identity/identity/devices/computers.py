"""Shared computers: which session one held last, so that the next person's sign-in can end it.

The session cookie goes when the browser closes, and with it what the browser knew of the session; the mark stays. So
the mark, and not the cookie, says whose session is to end (capability A5). Nothing here names a person.
"""

from sqlalchemy import delete

from identity.devices.browser import Browser
from identity.devices.models import SharedComputer
from shared.crypto import sha256
from shared.db import insert_into
from shared.service import Work


def mark_of(browser: Browser) -> str | None:
    """Return the name under which a shared computer is known, or None for a browser of one's own."""
    return sha256(browser.computer) if browser.computer else None


def occupy(work: Work, browser: Browser, session_id: str) -> str | None:
    """Note that the computer holds this session now; return the id of the one that it held before, to be ended.

    None for a browser of one's own, for a computer's first session, and where the session is the same.
    """
    mark = mark_of(browser)
    if mark is None:
        return None
    _make_sure(work, mark, session_id)
    row = work.session.get_one(SharedComputer, mark, with_for_update=True, populate_existing=True)
    before, row.session_id, row.used_at = row.session_id, session_id, work.now
    work.session.flush()
    return before if before != session_id else None


def leave(work: Work, browser: Browser) -> None:
    """Forget the computer: it is one person's own from now on."""
    mark = mark_of(browser)
    if mark is not None:
        work.session.execute(delete(SharedComputer).where(SharedComputer.id == mark))


def _make_sure(work: Work, mark: str, session_id: str) -> None:
    """Two sign-ins at once at a new computer: one row, and the second of them finds the first one's session."""
    values = {"id": mark, "session_id": session_id, "used_at": work.now}
    fresh = insert_into(work.session, SharedComputer).values(values)
    work.session.execute(fresh.on_conflict_do_nothing(index_elements=["id"]))
