"""The national file cut in a process of its own, while this one writes what came of it and the database keeps it.

    this process:  place in the file ──▶ that process: read, cut ──▶ pieces ──▶ this process: COPY, commit

Begun before anybody knows where the file goes on, as the digest has to be taken first; what is cut meanwhile waits.
"""

import csv
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from registration.directory.files.cutting import Cutter, Piece
from registration.directory.files.nppes import Reading
from registration.directory.files.sources import SourceFault, open_source

_WAITING = 1_500  # pieces, some 40 megabytes: what is cut of the national file until its digest is known
_PATIENCE = 0.05  # seconds
_Told = Piece | SourceFault | None


class _Stream(Protocol):
    def write(self, data: bytes, /) -> object: ...
    def flush(self) -> None: ...


class Beside:
    """The pieces of a file from a place on, in bytes and lines; `close` ends the process, whatever it was doing."""

    def __init__(self, path: Path, position: int, line: int) -> None:
        self.place = position
        words = [sys.executable, "-P", "-m", __name__, str(path), str(position), str(line)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(  # noqa: S603 - this very program, and the operator's file
            words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        self._pieces: queue.Queue[_Told] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        stream = cast("BinaryIO", self._process.stdout)
        told: _Told = Piece()
        while isinstance(told, Piece):
            try:
                told = pickle.load(stream)  # noqa: S301 - written by a process of ours
            except (EOFError, pickle.UnpicklingError):
                told = SourceFault("the process that reads the file was ended; run the same command again")
            self._pieces.put(told)

    def __iter__(self) -> Iterator[Piece]:
        """Go on with the pieces; raises SourceFault for a file that cannot be read to its end."""
        while isinstance(told := self._pieces.get(), Piece):
            yield told
        self._pieces.put(told)
        if told is not None:
            raise told

    def close(self) -> None:
        """End it; harmless when it has ended."""
        self._process.kill()
        while self._thread.is_alive():
            try:
                self._pieces.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
        self._process.communicate()


def tell(path: Path, position: int, line: int, out: _Stream) -> None:
    """Write the pieces of a file to a stream, and then None, or what is wrong with the file."""
    last: _Told = None
    try:
        with open_source(path) as source:
            cutter = Cutter(Reading(next(csv.reader(source.lines))))
            source.lines.go_to(position, line)
            for piece in cutter.pieces(source.lines):
                out.write(pickle.dumps(piece, pickle.HIGHEST_PROTOCOL))
                out.flush()
    except SourceFault as fault:
        last = fault
    except (csv.Error, OSError, EOFError) as error:
        last = SourceFault(f"the file cannot be read to its end ({error})")
    out.write(pickle.dumps(last))
    out.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the import ends this by closing its stream
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    tell(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.stdout.buffer)
