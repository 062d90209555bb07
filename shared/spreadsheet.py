"""Rows for spreadsheets: CSV in which no cell is a formula (ASVS 1.2.10, threat 45). Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as a code page
# What a spreadsheet takes for the beginning of a formula or of a command; wide forms are read like the plain ones.
_DANGEROUS = frozenset("=+-@\t\r\n\0＝＋－＠|%")


def harmless(text: str) -> str:
    """Return the cell with an apostrophe before it where a spreadsheet might compute it."""
    return f"'{text}" if text[:1] in _DANGEROUS and text else text


def rows(head: Sequence[str], body: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the file in pieces: mark, head, then one line for each row; every cell quoted, None empty (RFC 4180)."""
    yield BYTE_ORDER_MARK + _line(head)
    for row in body:
        yield _line(["" if cell is None else harmless(str(cell).replace("\0", "")) for cell in row])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
