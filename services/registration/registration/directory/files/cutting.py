"""Blocks of the national file on their way to COPY: most lines are cut by one expression, the others by a CSV reader.

A line whose cells are plain ASCII between quotes, as nearly all are, is found by an expression in a sixth of the time
that a CSV reader takes. It says no more than CSV says: if a line begins with a quote, and the text between two
separators has no quote, then that text is the cell, whatever comes later. Any other line goes to the CSV reader, and
where it has no end of its own, the whole block does.
"""

import csv
import io
import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from registration.directory.files.faults import RowFault
from registration.directory.files.nppes import KEPT, STRIDE, Reading
from registration.directory.files.sources import Lines
from registration.directory.numbers import wrong_npis

BLOCK = 1 << 18  # bytes
# After each cell comes a quote, so none of them ever gives back what it took: that saves a third of the time.
_PLAIN = rb'([^"\x00-\x1f\x7f-\xff\\]*+)'  # what COPY's text format takes as it is
_ANY = rb'[^"\n\x00\x02]*+'  # two that are never there: a set of three or more is looked up in a table, which is faster
_TAXONOMY = rb"([0-9A-Za-z]*+)"
_FORMS = {0: rb"([12][0-9]{9})", 1: rb"([12])"}
_BETWEEN = b'","'
_FEW = 3  # taxonomies that the expression takes; nearly nobody has more
_KIND, _ORGANIZATION, _LAST, _SECOND, _REST, _OTHER = 1, 2, 3, KEPT + 1, KEPT + _FEW, KEPT + _FEW + 1
_AFTER_DIGITS = b":"
_NPI = 10  # digits
_LONGEST = 2_000  # bytes of a row that needs no second look
_Found = tuple[bytes, ...]


class _TornError(Exception):
    """A line that cannot be read on its own: its block is read again, record by record."""


@dataclass
class Piece:
    """What came of a block: rows in COPY's text format with a line break between.

    `lines` says in which line of the file each row begins; `position` and `number` are the bytes and lines of the file
    up to the end of the block. `inactive` counts NPIs that are not in use.
    """

    rows: bytes = b""
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    faults: list[RowFault] = field(default_factory=list)
    inactive: int = 0
    position: int = 0
    number: int = 0

    @property
    def npis(self) -> list[str]:
        """Those of the rows, in their order."""
        return [row[:_NPI].decode() for row in self.rows.split(b"\n")] if self.rows else []

    def leave_out(self, places: Collection[int], message: str) -> None:
        """Make faults of some rows, for what is wrong with their NPI."""
        if places:
            rows = dict(enumerate(zip(self.lines, self.rows.split(b"\n"), strict=True)))
            self.faults += [RowFault(rows.pop(place)[0], "NPI", message) for place in places]
            self.lines = array("Q", [line for line, _ in rows.values()])
            self.rows = b"\n".join(row for _, row in rows.values())


class _Pile:
    """The rows of a block as they are found."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.lines: list[int] = []
        self.faults: list[RowFault] = []
        self.inactive = 0

    def add(self, line: int, found: bytes | RowFault | None) -> None:
        """Take what became of a record."""
        if found is None:
            self.inactive += 1
        elif isinstance(found, RowFault):
            self.faults.append(found)
        else:
            self.rows.append(found)
            self.lines.append(line)

    def piece(self) -> Piece:
        """All of it; rows whose NPI does not add up are faults."""
        piece = Piece(b"\n".join(self.rows), array("Q", self.lines), self.faults, self.inactive)
        piece.leave_out(wrong_npis(b"".join([row[:_NPI] for row in self.rows])), "not an NPI")
        return piece


class Cutter:
    """Cuts the blocks of a file; in a layout whose columns were moved, all of it is the CSV reader's."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._find = _expression(reading).findall if reading.in_order else None
        self._nothing = [_BETWEEN * (STRIDE * k) for k in range(len(reading.codes) - _FEW, 0, -1)]

    def pieces(self, lines: Lines) -> Iterator[Piece]:
        """Everything that follows in the file, block by block."""
        first = lines.number + 1
        while block := lines.block(BLOCK):
            piece = self._piece(block, first, lines)
            piece.position, piece.number = lines.position, lines.number
            yield piece
            first = lines.number + 1

    def _piece(self, block: bytes, first: int, lines: Lines) -> Piece:
        if self._find:
            try:
                found = self._find(block)
                lines.number += len(found)
                return self._cut(found, first)
            except _TornError:
                lines.number = first - 1
        return self._by_record(block, lines)

    def _cut(self, found: Sequence[_Found], first: int) -> Piece:
        pile, join, nothing = _Pile(), b"\t".join, self._nothing[0]
        for line, cells in enumerate(found, first):
            second, third, rest, _ = cells[_SECOND:]
            named = cells[_ORGANIZATION if cells[_KIND] == b"2" else _LAST] >= _AFTER_DIGITS
            if named and rest.startswith(nothing) and (cells[KEPT] or not (second or third)):
                row = join(cells[:_SECOND])
                if second:
                    row += b" " + second
                if third:
                    row += b" " + third
                pile.rows.append(row)
                pile.lines.append(line)
            else:
                pile.add(line, self._with_care(line, cells))
        if max(map(len, pile.rows), default=0) > _LONGEST:
            raise _TornError
        return pile.piece()

    def _with_care(self, line: int, cells: _Found) -> bytes | RowFault | None:
        """A name that begins with a digit or a sign, odd taxonomies, or a line that the expression does not know."""
        if cells[_OTHER]:
            reader = csv.reader([cells[_OTHER].decode("utf-8", "surrogateescape"), ""])
            record = next(reader)
            if reader.line_num > 1:
                raise _TornError
            return self._reading.row(line, record)
        codes = b" ".join(filter(None, [*cells[KEPT:_REST], *self._further(cells[_REST])]))
        return self._reading.judged(line, [cell.decode() for cell in cells[:KEPT]], codes.decode())

    def _further(self, rest: bytes) -> Iterator[bytes]:
        """The taxonomies after the few; a line is cut no further than to the last of them."""
        for nothing in self._nothing:
            if rest.startswith(nothing):
                break
            code, *_, after = rest.split(_BETWEEN, STRIDE)
            if not code.isalnum() or rest.count(b'"', 0, -len(after)) != 2 * STRIDE:
                raise _TornError
            yield code
            rest = after

    def _by_record(self, block: bytes, lines: Lines) -> Piece:
        """Every record that begins in a block, with the lines after the block that belong to the last."""
        pile, first = _Pile(), lines.number
        of_block = [raw.decode("utf-8", "surrogateescape") for raw in io.BytesIO(block)]
        lines.number += len(of_block)
        reader = csv.reader(chain(of_block, lines))
        while reader.line_num < len(of_block):
            line = first + reader.line_num + 1
            pile.add(line, self._reading.row(line, next(reader)))
        return pile.piece()


def _expression(reading: Reading) -> re.Pattern[bytes]:
    """All lines of a block: the cells we keep, and what follows the few taxonomies; or a line that is not like that."""
    cells = [_ANY] * reading.codes[0]
    for number, place in enumerate(reading.places):
        cells[place] = _FORMS.get(number, _PLAIN)
    cells[reading.ended] = b""
    cells += [_TAXONOMY, *[_ANY] * (STRIDE - 1)] * _FEW
    cells += [rb'([^\n]*)"\r?\n|([^\n]*\n|[^\n]+)']
    return re.compile(b'"' + _BETWEEN.join(cells))
