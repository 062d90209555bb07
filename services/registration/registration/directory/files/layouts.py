"""The two layouts a file can have, and what a batch of its lines becomes."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from registration.directory import imports
from registration.directory.files import nppes, shelf
from registration.directory.files.beside import Beside
from registration.directory.files.cutting import Piece
from registration.directory.files.faults import RowFault
from registration.directory.files.models import DirectoryImport
from registration.directory.files.sources import Lines, Source, SourceFault
from registration.directory.vault import TinVault
from shared.service import Context, Work

ROSTER, NATIONAL = "roster", "nppes"


@dataclass
class Batch:
    """What one transaction took in, and how far it got in the file; `inactive` are NPIs that are not in use."""

    position: int
    line: int
    kept: int = 0
    inactive: int = 0
    faults: list[RowFault] = field(default_factory=list)


class Layout(Protocol):
    """How lines become rows. A call of `fill` takes one batch of them; at the end of the file its position stays."""

    def go_on(self, context: Context, run: DirectoryImport) -> None:
        """Begin where a run stands."""

    def fill(self, work: Work) -> Batch:
        """Read a batch and keep it with this transaction."""

    def close(self) -> None:
        """Let go of the file."""


def layout_of(header: Sequence[str]) -> str:
    """Which layout a first line belongs to; raises SourceFault for neither."""
    if nppes.is_national(header):
        return NATIONAL
    missing = [name for name in imports.COLUMNS if name not in header]
    if missing:
        raise SourceFault(f"the first line must name the columns {', '.join(missing)}, or be that of the NPPES file")
    twice = [name for name in imports.COLUMNS + imports.OPTIONAL if header.count(name) > 1]
    if twice:
        raise SourceFault(f"the first line names the columns {', '.join(twice)} more than once")
    return ROSTER


class Roster:
    """The payer's roster: each batch counts at once."""

    batch = 500

    def __init__(self, header: Sequence[str], lines: Lines) -> None:
        self._header, self._lines = header, lines

    def go_on(self, context: Context, run: DirectoryImport) -> None:
        """Begin where a run stands."""
        self._vault = context.part(TinVault)
        self._lines.go_to(run.position, run.line)

    def fill(self, work: Work) -> Batch:
        """Keep the good rows of a batch."""
        lines, parsed = self._lines, list(islice(self._rows(), self.batch))
        good = [row for row in parsed if isinstance(row, imports.Row)]
        refused = imports.keep_all(work, self._vault, good)
        faults = [row for row in parsed if isinstance(row, RowFault)] + refused
        left_out = sorted(faults, key=lambda fault: fault.line)
        return Batch(lines.position, lines.number, len(good) - len(refused), 0, left_out)

    def _rows(self) -> Iterator[imports.Row | RowFault]:
        """A record that cannot be read, or has not the cells that the first line names, is a fault, never half a row.

        `strict`: else the one quote too many in an address would take the next office's line, its TIN too, into it.
        """
        records = csv.reader(self._lines, strict=True)
        while True:
            begins = self._lines.number + 1
            try:
                cells = next(records, None)
            except csv.Error as error:
                yield RowFault(begins, "", f"cannot be read from here to line {self._lines.number}: {error}")
                continue
            if cells is None:
                return
            if cells and len(cells) != len(self._header):
                yield RowFault(begins, "", f"not {len(self._header)} columns")
            elif cells:
                yield imports.parse(self._lines.number, dict(zip(self._header, cells, strict=True)))

    def close(self) -> None:
        """The file is the source's."""


class National:
    """The national file: put into a generation of its own, which counts when all of it is there."""

    batch = 100  # blocks

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self._pieces = Beside(source.path, source.lines.position, source.lines.number)

    def go_on(self, context: Context, run: DirectoryImport) -> None:
        """Begin where a run stands."""
        self._generation, self._stands = run.generation, (run.position, run.line)
        if self._pieces.place != run.position:
            self._pieces.close()
            self._pieces = Beside(self._path, run.position, run.line)

    def fill(self, work: Work) -> Batch:
        """Put the rows of some blocks; the next are read meanwhile.

        That no NPI stands there twice is the table's to say; it is asked which only where it objects.
        """
        pieces = list(islice(self._pieces, self.batch))
        try:
            self._put(work, pieces)
        except shelf.Repeated:
            self._leave_out_repeated(work, pieces)
            self._put(work, pieces)
        batch = Batch(*self._stands)
        for piece in pieces:
            batch.position, batch.line = piece.position, piece.number
            batch.kept += len(piece.lines)
            batch.inactive += piece.inactive
            batch.faults += sorted(piece.faults, key=lambda fault: fault.line)
        self._stands = batch.position, batch.line
        return batch

    def _put(self, work: Work, pieces: Sequence[Piece]) -> None:
        shelf.put(work.session, self._generation, [piece.rows for piece in pieces if piece.rows])

    def _leave_out_repeated(self, work: Work, pieces: Sequence[Piece]) -> None:
        seen: set[str] = set()
        for piece in pieces:
            npis = piece.npis
            seen |= shelf.known(work.session, self._generation, npis)
            places = []
            for place, npi in enumerate(npis):
                if npi in seen:
                    places.append(place)
                seen.add(npi)
            piece.leave_out(places, "stands in the file already")

    def close(self) -> None:
        """End the process that reads the file."""
        self._pieces.close()


def opened(layout: str, header: Sequence[str], source: Source) -> Layout:
    """What reads a file of a layout; raises SourceFault for a first line that does not name all columns."""
    if layout == ROSTER:
        return Roster(header, source.lines)
    try:
        nppes.Reading(header)
    except ValueError as error:
        raise SourceFault(str(error)) from error
    return National(source)
