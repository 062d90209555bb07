"""The CSV import of the directory: a stream in, rows kept in batches, faults to a file of their own.

Columns: tin, name, phone, contracted, claim_submitted; optional: npi, organization_id (the suite's
id of an organization that exists already). A row with faults is left out and reported; the others go
in. Importing the same file again changes nothing but the import instant.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from registration.directory import models, numbers, service
from registration.directory.models import DirectoryEntry
from registration.directory.vault import TinVault
from shared.contracts.secrecy import looks_like_tin
from shared.service import Work

COLUMNS = ("tin", "name", "phone", "contracted", "claim_submitted")
OPTIONAL = ("npi", "organization_id")
_BATCH = 500
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0", ""}


@dataclass(frozen=True)
class Row:
    """One good row; `line` is where it stands in the file."""

    tin: str
    name: str
    phone: str
    contracted: bool
    claim_submitted: bool
    npi: str | None = None
    organization_id: str | None = None
    line: int = 0


@dataclass(frozen=True)
class RowFault:
    """Why one row was left out. It names line and column, never the value: it may be a TIN."""

    line: int
    column: str
    message: str


@dataclass
class Counts:
    """What an import did."""

    kept: int = 0
    left_out: int = 0


def parse(line: int, cells: Mapping[str, str | None]) -> Row | RowFault:
    """Turn the cells of one line into a row, or say what is wrong with the first bad cell."""
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS + OPTIONAL}
    try:
        tin = numbers.tin(values["tin"])
    except numbers.NumberFault as fault:
        return RowFault(line, "tin", f"not a TIN ({fault.fault})")
    try:
        npi = numbers.npi(values["npi"]) if values["npi"] else None
    except numbers.NumberFault as fault:
        return RowFault(line, "npi", f"not an NPI ({fault.fault})")
    if not values["name"] or len(values["name"]) > 200:
        return RowFault(line, "name", "needed, at most 200 characters")
    if not values["name"].isprintable() or looks_like_tin(values["name"]):
        return RowFault(line, "name", "one line of text that has not the form of a TIN")
    if len(values["phone"]) > 40:
        return RowFault(line, "phone", "at most 40 characters")
    for column in ("contracted", "claim_submitted"):
        if values[column].lower() not in _YES | _NO:
            return RowFault(line, column, "yes or no")
    yes = {column: values[column].lower() in _YES for column in ("contracted", "claim_submitted")}
    return Row(
        tin,
        values["name"],
        values["phone"],
        npi=npi,
        organization_id=values["organization_id"] or None,
        line=line,
        **yes,
    )


def read(source: TextIO) -> Iterator[Row | RowFault]:
    """Stream a CSV; raises ValueError naming the columns that are missing."""
    reader = csv.DictReader(source)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"the first line must name the columns {', '.join(missing)}")
    for cells in reader:
        yield parse(reader.line_num, cells)


def run(
    rows: Iterable[Row | RowFault],
    vault: TinVault,
    transaction: Callable[[], AbstractContextManager[Work]],
    report: Callable[[RowFault], None],
) -> Counts:
    """Keep the good rows, a transaction for each batch, and report the others."""
    counts, stream = Counts(), iter(rows)
    while batch := list(islice(stream, _BATCH)):
        with transaction() as work:
            for row in batch:
                fault = keep(work, vault, row) if isinstance(row, Row) else row
                counts.kept += fault is None
                if fault is not None:
                    report(fault)
                    counts.left_out += 1
    return counts


def keep(work: Work, vault: TinVault, row: Row) -> RowFault | None:
    """Write one row over what the directory says about its TIN; a fault where the TIN is another organization's."""
    sealed = vault.seal(row.tin)
    if row.organization_id and not service.link(
        work, row.organization_id, sealed, name=row.name, contracted=row.contracted
    ):
        return RowFault(row.line, "organization_id", "another organization has this TIN")
    entry = models.entry_of(work.session, sealed.index)
    if entry is None:
        entry = DirectoryEntry(id=work.ids.new("dir"), tin_index=sealed.index, tin_box=sealed.box)
        work.session.add(entry)
    entry.npi, entry.name, entry.phone = row.npi, row.name, row.phone
    entry.contracted, entry.claim_submitted, entry.imported_at = row.contracted, row.claim_submitted, work.now
    work.session.flush()
    return None
