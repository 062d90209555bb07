"""What the relay and the inbox need from whatever carries events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """An event on its way out: bytes, and the routing key (its type)."""

    id: str
    type: str
    body: bytes


@dataclass(frozen=True)
class Delivery:
    """An event on its way in.

    `sender` and `type` are what the transport vouches for (the exchange and the routing key); the body claims its
    own, and the inbox compares.
    """

    sender: str
    type: str
    body: bytes


class TransportAwayError(Exception):
    """Nothing can be sent right now; what was not confirmed must be sent again."""


class Publisher(Protocol):
    """The sending side of one service. Used by one thread at a time."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Hand messages over, in order, without waiting; raises TransportAwayError."""
        ...

    def confirm(self, outstanding: int = 0) -> None:
        """Return once all that was handed over, but for the last `outstanding`, is safe; raises TransportAwayError."""
        ...

    def keep_alive(self) -> None:
        """Do the transport's housekeeping while there is nothing to send; never raises."""
        ...

    def close(self) -> None:
        """Let go of the connection; never raises."""
        ...
