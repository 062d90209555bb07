"""What the sender needs from a way out, and the two kinds of failure."""

from typing import Protocol

from shared.notices.rows import Notice


class NotNowError(Exception):
    """The way out is away or busy: worth another try."""


class NeverError(Exception):
    """The message was refused for good: no try will help."""


class NoticeTransport(Protocol):
    """One way out for one channel."""

    def send(self, notice: Notice) -> None:
        """Hand the message over; raises NotNowError or NeverError, whose text names no recipient and no content."""
        ...
