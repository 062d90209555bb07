"""Captured messages: what the local run would have sent, kept in memory for `/dev/messages`."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime

from shared.clock import Clock
from shared.notices.rows import Notice
from shared.notices.transport import NeverError

_CAPACITY = 500
_NOWHERE = ".invalid"  # RFC 2606 §2: no such address will ever exist, so the local run can show what then happens


@dataclass(frozen=True)
class CapturedMessage:
    """One message as its receiver would see it."""

    id: str
    channel: str
    to: str
    subject: str
    text: str
    sent_at: datetime

    def as_json(self) -> dict[str, object]:
        """Return the message as JSON-ready values."""
        return {**asdict(self), "sent_at": self.sent_at.isoformat().replace("+00:00", "Z")}


class CapturedMessages:
    """A transport for every channel that keeps the last messages of all services instead of sending them."""

    def __init__(self, clock: Clock, capacity: int = _CAPACITY) -> None:
        self._clock = clock
        self._messages: deque[CapturedMessage] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def send(self, notice: Notice) -> None:
        """Keep the message; raises NeverError for an address under `.invalid`."""
        if notice.to.lower().endswith(_NOWHERE):
            raise NeverError("there is no such address")
        message = CapturedMessage(notice.id, notice.channel, notice.to, notice.subject, notice.text, self._clock.now())
        with self._lock:
            self._messages.append(message)

    def list(self, to: str | None = None) -> list[CapturedMessage]:
        """Return the messages to `to` (all without it), newest first."""
        with self._lock:
            kept = list(self._messages)
        return [message for message in reversed(kept) if to is None or message.to == to]
