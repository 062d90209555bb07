"""A connection that sends what is written between two turns of its loop as one piece.

pika sends each frame by a call of its own, and without delay: three small packets for every event. For batches that was
half of the publisher's work, and a third of the broker's, which was woken for each of them.
"""

from typing import Any

import pika


class JoinedConnection(pika.SelectConnection):  # type: ignore[misc] # pika comes without types
    """pika's connection in all but how frames leave: together, at the next turn, in their order."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._frames: list[bytes] = []
        super().__init__(*arguments, **options)

    def turn(self) -> None:
        """Send what waits, take in what came or wait for it, call back. Raises AMQPError or OSError."""
        if self._frames:
            piece = b"".join(self._frames)
            self._frames.clear()
            if not self.is_closed:  # else it ended meanwhile, and what was kept is not confirmed either
                super()._adapter_emit_data(piece)
        self.ioloop.poll()
        self.ioloop.process_timeouts()

    def _adapter_emit_data(self, data: bytes) -> None:
        """Keep a frame for the next turn: this is where an adapter of pika says how frames leave."""
        self._frames.append(data)
