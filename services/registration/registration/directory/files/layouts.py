"""The two layouts a file can have, and what a batch of its lines becomes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from registration.directory import imports
from registration.directory.files import nppes, shelf
from registration.directory.files.sources import Lines, SourceFault
from registration.directory.imports import RowFault
from registration.directory.vault import TinVault
from shared.service import Context, Work

ROSTER, NATIONAL = "roster", "nppes"
_PAGE = 50_000


@dataclass
class Batch:
    """What one transaction took in; `inactive` are NPIs that are not in use."""

    kept: int = 0
    inactive: int = 0
    faults: list[RowFault] = field(default_factory=list)


class Layout(Protocol):
    """How lines become rows; each call takes one batch of them, and none at the end."""

    def fill(self, work: Work, lines: Lines) -> Batch:
        """Read a batch and keep it with this transaction."""


def layout_of(header: Sequence[str]) -> str:
    """Which layout a first line belongs to; raises SourceFault for neither."""
    if nppes.is_national(header):
        return NATIONAL
    missing = [name for name in imports.COLUMNS if name not in header]
    if missing:
        raise SourceFault(f"the first line must name the columns {', '.join(missing)}, or be that of the NPPES file")
    return ROSTER


class Roster:
    """The payer's roster: each batch counts at once."""

    batch = 500

    def __init__(self, vault: TinVault, header: Sequence[str]) -> None:
        self._vault = vault
        self._header = header

    def fill(self, work: Work, lines: Lines) -> Batch:
        """Keep the good rows of a batch."""
        parsed = []
        for cells in islice(csv.reader(lines), self.batch):
            if cells:
                parsed.append(imports.parse(lines.number, dict(zip(self._header, cells, strict=False))))
        good = [row for row in parsed if isinstance(row, imports.Row)]
        refused = imports.keep_all(work, self._vault, good)
        faults = [row for row in parsed if isinstance(row, RowFault)] + refused
        return Batch(len(good) - len(refused), 0, sorted(faults, key=lambda fault: fault.line))


class National:
    """The national file: put into a generation of its own, which counts when all of it is there."""

    batch, _chunk = 20_000, 500

    def __init__(self, reading: nppes.Reading, generation: int, seen: shelf.Seen) -> None:
        self._reading, self._generation, self._seen = reading, generation, seen

    def fill(self, work: Work, lines: Lines) -> Batch:
        """Put the rows of a batch, some at a time, so that the database works while the next are read."""
        batch = Batch()
        with shelf.putting(work.session, self._generation) as put:
            for _ in range(self.batch // self._chunk):
                before = lines.position
                rows = self._read(lines, batch)
                put(rows)
                batch.kept += len(rows)
                if lines.position == before:
                    break
        return batch

    def _read(self, lines: Lines, batch: Batch) -> list[nppes.NpiRow]:
        good = []
        for row in self._reading.take(lines, self._chunk, self._seen.add):
            if row is None:
                batch.inactive += 1
            elif isinstance(row, RowFault):
                batch.faults.append(row)
            else:
                good.append(row)
        return good


def national(context: Context, header: Sequence[str], generation: int) -> National:
    """The national layout, knowing what the generation holds already; raises SourceFault for a wrong first line."""
    try:
        reading = nppes.Reading(header)
    except ValueError as error:
        raise SourceFault(str(error)) from error
    seen, last = shelf.Seen(), ""
    with context.reading() as session:
        while page := shelf.held(session, generation, last, _PAGE):
            last = page[-1]
            for npi in page:
                seen.add(npi)
    return National(reading, generation, seen)
