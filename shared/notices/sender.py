"""Sending what waits: claim, hand over, note the outcome; each step in a transaction of its own.

A sender that dies between handing over and noting it sends the message again when its claim runs out: at least once,
with a stable id. Nothing is held open while a mail server thinks.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from shared.clock import Clock
from shared.db import Database
from shared.notices import rows
from shared.notices.transport import NeverError, NoticeTransport, NotNowError

_log = structlog.get_logger("notices")
_LEASE = timedelta(minutes=2)  # longer than any transport's time-out
_BATCH = 50
_MOST_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=30)


class Sender:
    """Moves one service's notices to their transports. Several senders may work at once."""

    def __init__(
        self, database: Database, clock: Clock, transports: Mapping[str, NoticeTransport], owner: str = "sender"
    ) -> None:
        self._database = database
        self._clock = clock
        self._transports = transports
        self._owner = owner

    def run_once(self) -> int:
        """Send what is due; return how many messages left. Channels without a transport wait."""
        left = 0
        with self._database.reading() as session:
            waiting = rows.due(session, self._clock.now(), _BATCH)
        for notice_id in waiting:
            left += self._send(notice_id)
        return left

    def _send(self, notice_id: str) -> bool:
        with self._database.transaction() as session:
            notice = rows.claim(session, notice_id, self._owner, self._clock.now(), _LEASE)
        if notice is None:
            return False
        try:
            transport = self._transports.get(notice.channel)
            if transport is None:
                raise NotNowError(f"no way to send {notice.channel} is set up")
            transport.send(notice)
        except (NotNowError, NeverError) as error:
            self._note_failure(notice, error)
            return False
        with self._database.transaction() as session:
            rows.sent(session, notice, self._owner, self._clock.now())
        return True

    def _note_failure(self, notice: rows.Notice, error: NotNowError | NeverError) -> None:
        now = self._clock.now()
        final = isinstance(error, NeverError) or notice.attempts >= _MOST_ATTEMPTS
        _log.warning("notice_failed", id=notice.id, channel=notice.channel, why=str(error), given_up=final)
        with self._database.transaction() as session:
            if final:
                rows.give_up(session, notice, self._owner, now, str(error))
            else:
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (notice.attempts - 1))
                rows.put_off(session, notice, self._owner, now + pause, str(error))
