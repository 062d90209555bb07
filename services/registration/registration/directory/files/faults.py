"""The file of faults beside an imported file: a line for each row that was left out, each of them once.

Its size is kept with the run's position. Whoever goes on cuts off what was written after that, and writes it again.
"""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RowFault:
    """Why one row was left out. It names line and column, never the value: it may be a TIN."""

    line: int
    column: str
    message: str


class FaultFile:
    """FILE.errors.csv; there is none while there is no fault."""

    def __init__(self, source: Path) -> None:
        self.path = source.with_name(source.name + ".errors.csv")

    def cut(self, size: int) -> None:
        """Forget what was written after the file had this size; 0 removes it."""
        if size == 0:
            self.path.unlink(missing_ok=True)
        elif self.path.exists() and self.path.stat().st_size > size:
            os.truncate(self.path, size)

    def add(self, faults: Sequence[RowFault]) -> int:
        """Write faults, on the disk before this returns; return the size that the file has now."""
        if faults:
            with self.path.open("ab") as stream:
                stream.write(_text(faults, with_head=stream.tell() == 0))
                stream.flush()
                os.fsync(stream.fileno())
        return self.path.stat().st_size if self.path.exists() else 0


def _text(faults: Sequence[RowFault], *, with_head: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    if with_head:
        writer.writerow(["line", "column", "message"])
    writer.writerows([fault.line, fault.column, fault.message] for fault in faults)
    return text.getvalue().encode()
