"""The CSV import of the payer's facts: a stream in, digests out, faults to a file of their own.

Columns: tin, kind (claim or payment), number, date (of service, or of the payment), amount. Nothing of a row is kept
but a keyed digest and the last day on which the fact counts. The same row again changes nothing; rows that are no
longer recent are passed over.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TextIO

from registration.directory import numbers
from registration.directory.vault import TinVault
from registration.evidence import models, ways
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.ways import Fact, TypedFault, Way
from shared.service import Work

COLUMNS = ("tin", "kind", "number", "date", "amount")
_BATCH = 500
_KINDS = {"claim": Way.CLAIM, "payment": Way.PAYMENT}


@dataclass(frozen=True)
class Row:
    """One good row. `day` is the date of service or of the payment."""

    tin: str
    fact: Fact
    day: date


@dataclass(frozen=True)
class RowFault:
    """Why one row was left out. It names line and column, never the value."""

    line: int
    column: str
    message: str


@dataclass
class Counts:
    """What an import did: facts that are new, known already, too old to count, left out for a fault."""

    new: int = 0
    known: int = 0
    too_old: int = 0
    left_out: int = 0


def parse(line: int, cells: Mapping[str, str | None]) -> Row | RowFault:
    """Turn the cells of one line into a row, or say what is wrong with the first bad cell."""
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    way, column = _KINDS.get(values["kind"].lower()), "tin"
    try:
        tin = numbers.tin(values["tin"])
        column = "number"
        number = ways.reference(values["number"])
        column = "date"
        day = ways.calendar_day(values["date"])
        column = "amount"
        amount = ways.cents(values["amount"])
    except numbers.NumberFault as fault:
        return RowFault(line, "tin", f"not a TIN ({fault.fault})")
    except TypedFault as fault:
        return RowFault(line, column, str(fault.sentence))
    if way is None:
        return RowFault(line, "kind", "claim or payment")
    return Row(tin, Fact(way, number, amount, day if way is Way.CLAIM else None), day)


def read(source: TextIO) -> Iterator[Row | RowFault]:
    """Stream a CSV; raises ValueError naming the columns that are missing."""
    reader = csv.DictReader(source)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"the first line must name the columns {', '.join(COLUMNS)}")
    for cells in reader:
        yield parse(reader.line_num, cells)


def run(
    rows: Iterable[Row | RowFault],
    vault: TinVault,
    hasher: EvidenceHasher,
    transaction: Callable[[], AbstractContextManager[Work]],
    report: Callable[[RowFault], None],
) -> Counts:
    """Keep the good rows, a transaction for each batch, and report the others."""
    counts, stream = Counts(), iter(rows)
    while batch := list(islice(stream, _BATCH)):
        for fault in (each for each in batch if isinstance(each, RowFault)):
            report(fault)
            counts.left_out += 1
        with transaction() as work:
            _count(counts, keep(work, vault, hasher, [each for each in batch if isinstance(each, Row)]))
    if counts.new:
        with transaction() as work:
            work.audit("evidence.imported", target="evidence_facts", after={"facts": counts.new})
    return counts


def keep(work: Work, vault: TinVault, hasher: EvidenceHasher, rows: list[Row]) -> Counts:
    """Keep some rows with this transaction; return what became of them."""
    today = ways.local_day(work.now)
    recent = [each for each in rows if each.day + ways.RECENT >= today]
    facts = {hasher.fact(vault.index(each.tin), each.fact): each.day + ways.RECENT for each in recent}
    learnt = models.learn(work.session, list(facts.items()))
    return Counts(learnt, len(recent) - learnt, len(rows) - len(recent))


def _count(counts: Counts, more: Counts) -> None:
    counts.new += more.new
    counts.known += more.known
    counts.too_old += more.too_old
