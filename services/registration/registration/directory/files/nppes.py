"""The layout of the national file of NPIs (NPPES full replacement monthly file, CMS): one row out of 330 columns.

The header names the columns, so both versions of the file (CMS lengthened some names in 2025) are read alike. TINs of
the file are never looked at: CMS blanks them out, and they are no business of a look-up by NPI.
"""

from collections.abc import Sequence
from operator import itemgetter

from registration.directory.files.faults import RowFault
from registration.directory.numbers import is_npi
from shared.contracts.secrecy import looks_like_tin

_PLACE = "Provider Business Practice Location Address"
NEEDED = (
    "NPI",
    "Entity Type Code",
    "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    f"{_PLACE} City Name",
    f"{_PLACE} State Name",
    f"{_PLACE} Postal Code",
    f"{_PLACE} Country Code (If outside U.S.)",
    f"{_PLACE} Telephone Number",
)
KEPT = len(NEEDED)  # cells of a row; the taxonomies come after them
_ENDED, _RESUMED = "NPI Deactivation Date", "NPI Reactivation Date"
TAXONOMIES = tuple(f"Healthcare Provider Taxonomy Code_{number}" for number in range(1, 16))
STRIDE = 4  # a taxonomy is a code, a license, its state, and whether it is the first
_KINDS = ("1", "2")
_LONGEST = 2_000  # characters of all cells that are kept


def is_national(header: Sequence[str]) -> bool:
    """Whether a first line is that of the national file."""
    return header[:2] == ["NPI", "Entity Type Code"]


class Reading:
    """Knows the columns of one file, whose first line is `header`; raises ValueError naming columns that are missing.

    `places` are those of NEEDED, `codes` those of the taxonomies, `ended` that of the deactivation. `in_order` says
    that they follow each other, all taxonomies in a row after the others, as in the layout as it is.
    """

    def __init__(self, header: Sequence[str]) -> None:
        missing = [name for name in (*NEEDED, _ENDED, _RESUMED, *TAXONOMIES) if name not in header]
        if missing:
            raise ValueError(f"the first line does not name the columns {', '.join(missing)}")
        self.places = [header.index(name) for name in NEEDED]
        self.codes = [header.index(name) for name in TAXONOMIES]
        self.ended, self._resumed = header.index(_ENDED), header.index(_RESUMED)
        self._columns = len(header)
        self._pick = itemgetter(*self.places)
        in_a_row = self.codes == [self.codes[0] + STRIDE * k for k in range(len(TAXONOMIES))]
        ordered = [0, *self.places[1:], self.codes[0]]
        self.in_order = in_a_row and ordered == sorted([*self.places, self.codes[0]]) and self.ended < self.codes[0]

    def row(self, line: int, cells: Sequence[str]) -> bytes | RowFault | None:
        """What a record becomes: a row in COPY's text format, a fault, or None for an NPI that is not in use."""
        if len(cells) != self._columns:
            return RowFault(line, "", f"not {self._columns} columns")
        if not is_npi(cells[self.places[0]]):
            return RowFault(line, "NPI", "not an NPI")
        if cells[self.ended] and not _is_back(cells[self.ended], cells[self._resumed]):
            return None
        return self.judged(line, self._pick(cells), " ".join(filter(None, (cells[place] for place in self.codes))))

    def judged(self, line: int, kept: Sequence[str], codes: str) -> bytes | RowFault:
        """The row of an NPI in use, out of the cells that are kept, or its fault."""
        kind, organization, last = kept[1:4]
        if kind not in _KINDS:
            return RowFault(line, "Entity Type Code", "1 for a person or 2 for an organization")
        name = organization if kind == "2" else last
        if not name or (name[0].isdigit() and looks_like_tin(name)):
            return RowFault(line, "name", "needed, and not in the form of a TIN")
        cells = (*kept, codes)
        text = "".join(cells)
        if len(text) > _LONGEST or not text.isprintable():
            return RowFault(line, "", f"more than {_LONGEST} characters, or some that are no text")
        return "\t".join(cells).replace("\\", "\\\\").encode()


def _is_back(ended: str, resumed: str) -> bool:
    """Whether an NPI that was deactivated is in use again; both are dates as MM/DD/YYYY."""
    return bool(resumed) and _sortable(resumed) >= _sortable(ended)


def _sortable(date: str) -> str:
    return date[6:] + date[:5]
