"""The layout of the national file of NPIs (NPPES full replacement monthly file, CMS): one row out of 330 columns.

The header names the columns, so both versions of the file (CMS lengthened some names in 2025) are read alike. TINs of
the file are never looked at: CMS blanks them out, and they are no business of a look-up by NPI.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter

from registration.directory.files.sources import Lines
from registration.directory.imports import RowFault
from registration.directory.numbers import is_npi
from shared.contracts.secrecy import looks_like_tin

_PLACE = "Provider Business Practice Location Address"
NEEDED = (
    "NPI",
    "Entity Type Code",
    "Provider Organization Name (Legal Business Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Last Name (Legal Name)",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    f"{_PLACE} City Name",
    f"{_PLACE} State Name",
    f"{_PLACE} Postal Code",
    f"{_PLACE} Country Code (If outside U.S.)",
    f"{_PLACE} Telephone Number",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
)
TAXONOMIES = tuple(f"Healthcare Provider Taxonomy Code_{number}" for number in range(1, 16))
_KINDS = ("1", "2")
_STRIDE = 4  # a taxonomy is a code, a license, its state, and whether it is the first
_BETWEEN = '","'
_ENDS = ('"\n', '"\r\n')
_LONGEST = 2_000  # characters of all cells that are kept
# npi, kind, organization, first, middle, last, street, second, city, state, postal, country, phone, taxonomies
NpiRow = tuple[str, ...]
IsNew = Callable[[str], bool]


def is_national(header: Sequence[str]) -> bool:
    """Whether a first line is that of the national file."""
    return header[:2] == ["NPI", "Entity Type Code"]


class Reading:
    """Reads records of one file, whose first line is `header`; raises ValueError naming columns that are missing."""

    def __init__(self, header: Sequence[str]) -> None:
        missing = [name for name in (*NEEDED, *TAXONOMIES) if name not in header]
        if missing:
            raise ValueError(f"the first line does not name the columns {', '.join(missing)}")
        places = [header.index(name) for name in NEEDED]
        self._codes = [header.index(name) for name in TAXONOMIES]
        self._columns = len(header)
        self._pick = itemgetter(*places)
        self._head = self._codes[0]
        # In the layout as it is all taxonomies come in a row, after everything else we look at.
        self._in_a_row = self._codes == [self._head + _STRIDE * k for k in range(len(TAXONOMIES))]
        self._in_order = places[0] == 0 and max(places) < self._head and self._in_a_row
        self._nothing = [_BETWEEN * (_STRIDE * k) for k in range(len(TAXONOMIES), 0, -1)]

    def take(self, lines: Lines, many: int, is_new: IsNew) -> Iterator[NpiRow | RowFault | None]:
        """The next records: rows, faults, and None for an NPI that is not in use; none of them at the end."""
        numbered = lines.take(many)
        cut, row = self._cut if self._in_order else _never, self._row
        for number, line in numbered:
            found = cut(line)
            if found is None:
                rest = (line for _, line in numbered)
                found = self._read(next(csv.reader(chain([line], rest, lines))))
            yield row(number, *found, is_new)

    def _cut(self, line: str) -> tuple[Sequence[str], str] | None:
        """The cells before the taxonomies, and the codes of those; None for a line that needs a CSV reader.

        CMS puts every cell in quotes. Where the text between separators has no quote, it is the cell, whatever
        follows: a line can be cut there, and no further than to the last code, in a third of a CSV reader's time.
        """
        cells = line.split(_BETWEEN, self._head)
        rest, splits = cells[-1], len(cells) - 1
        codes = ""
        if splits < self._head or line[0] != '"' or not line.endswith(_ENDS):
            return None
        for nothing in self._nothing:
            if rest.startswith(nothing):
                break
            parts = rest.split(_BETWEEN, _STRIDE)
            if len(parts) <= _STRIDE:
                return None
            rest, splits = parts[_STRIDE], splits + _STRIDE
            if parts[0]:
                codes = f"{codes} {parts[0]}" if codes else parts[0]
        if line.count('"', 0, len(line) - len(rest)) != 2 * splits + 1:
            return None
        cells[0] = cells[0][1:]
        return cells, codes

    def _read(self, cells: Sequence[str]) -> tuple[Sequence[str], str]:
        if len(cells) != self._columns:
            return (), ""
        return cells, " ".join(filter(None, (cells[place] for place in self._codes)))

    def _row(self, line: int, cells: Sequence[str], codes: str, is_new: IsNew) -> NpiRow | RowFault | None:
        if not cells:
            return RowFault(line, "", f"not {self._columns} columns")
        found = self._pick(cells)
        npi, kind, organization, last, ended = found[0], found[1], found[2], found[5], found[-2]
        if not is_npi(npi):
            return RowFault(line, "NPI", "not an NPI")
        if ended and not _is_back(ended, found[-1]):
            return None
        if kind not in _KINDS:
            return RowFault(line, "Entity Type Code", "1 for a person or 2 for an organization")
        name = organization if kind == "2" else last
        if not name or (name[0].isdigit() and looks_like_tin(name)):
            return RowFault(line, "name", "needed, and not in the form of a TIN")
        row: NpiRow = (*found[:-2], codes)
        text = "".join(row)
        if len(text) > _LONGEST or not text.isprintable():
            return RowFault(line, "", f"more than {_LONGEST} characters, or some that are no text")
        return row if is_new(npi) else RowFault(line, "NPI", "stands in the file already")


def _never(_line: str) -> None:
    """A layout whose columns were moved: every line goes to the CSV reader."""


def _is_back(ended: str, resumed: str) -> bool:
    """Whether an NPI that was deactivated is in use again; both are dates as MM/DD/YYYY."""
    return bool(resumed) and _sortable(resumed) >= _sortable(ended)


def _sortable(date: str) -> str:
    return date[6:] + date[:5]
