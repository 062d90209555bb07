"""The chain: one sealer at a time gives each entry a position and a hash over itself and the seal before it.

Decision: docs/decisions/0003-audit-chain.md.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, text
from sqlalchemy.orm import Session

from shared.audit.entries import canonical
from shared.db import Database
from shared.db.floor import audit_entries, audit_pending, audit_seals

START = "0" * 64  # what the first seal follows
DIFFERS = "the seal differs from the head noted earlier"
_LOCK = 7_241_990_312  # any fixed number: one sealer at a time per database
_BATCH = 1000
_FIRST_WAITING = select(audit_pending.c.number).limit(1)


@dataclass(frozen=True)
class BadEntry:
    """The first place where the chain does not hold: its position (0 where it has none), the entry, and why."""

    position: int
    entry_id: str | None
    why: str


@dataclass(frozen=True)
class Head:
    """The end of a chain. Written down elsewhere, it shows later whether the end was cut off."""

    position: int
    hash: str


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry that follows the seal `previous`: SHA-256, hex."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


def waits(session: Session) -> bool:
    """Return whether an entry waits for its seal."""
    return session.execute(_FIRST_WAITING).first() is not None


def seal(database: Database, now: datetime) -> int:
    """Seal what waits, oldest first; return how many. Another sealer at work: 0, it will do it."""
    sealed = 0
    while True:
        with database.transaction() as session:
            count = _seal_batch(session, now) if _alone(session) else 0
        sealed += count
        if count < _BATCH:
            return sealed


def head(session: Session) -> Head:
    """Return the newest seal."""
    columns = (audit_seals.c.position, audit_seals.c.hash)
    row = session.execute(select(*columns).order_by(audit_seals.c.position.desc()).limit(1)).one_or_none()
    return Head(0, START) if row is None else Head(row.position, row.hash)


def sealed_entries(session: Session, after: int = 0) -> Iterator[Row[Any]]:
    """Yield seals in order with their entries (columns None where an entry is gone), from position `after` on."""
    while rows := session.execute(_page(after)).all():
        yield from rows
        after = rows[-1].position


def entry_of(row: Row[Any]) -> dict[str, Any]:
    """Return the hashed part of a row of `sealed_entries`."""
    return {str(column.name): row._mapping[column] for column in audit_entries.c}


def verify(database: Database, expected: Head | None = None) -> BadEntry | None:
    """Walk the whole chain; return the first bad entry or None.

    Finds changed, removed, inserted and reordered entries and seals. A cut-off end shows only against `expected`,
    a head noted earlier (the export ends with one).
    """
    with database.reading() as session:
        previous, position = START, 0
        for row in sealed_entries(session):
            position += 1
            bad = _compare(row, previous, position)
            if bad:
                return bad
            previous = row.hash
            if expected and expected.position == position and expected.hash != previous:
                return BadEntry(position, row.id, DIFFERS)
        if expected and expected.position > position:
            return BadEntry(position + 1, None, cut_off(position, expected))
        return _never_sealed(session)


def cut_off(position: int, expected: Head) -> str:
    """Say that a chain is shorter than it was."""
    return f"the chain ends at {position}, it once reached {expected.position}"


def _alone(session: Session) -> bool:
    if session.get_bind().dialect.name != "postgresql":
        return True  # BEGIN IMMEDIATE: there is one writer at a time anyway
    return bool(session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}).scalar())


def _seal_batch(session: Session, now: datetime) -> int:
    waiting = select(audit_pending.c.number).order_by(audit_pending.c.number).limit(_BATCH)
    numbers = list(session.execute(waiting).scalars())
    if not numbers:
        return 0
    last = head(session)
    position, previous = last.position, last.hash
    rows = session.execute(
        select(audit_entries).where(audit_entries.c.number.in_(numbers)).order_by(audit_entries.c.number)
    )
    seals = []
    for row in rows:
        position += 1
        hashed = link(previous, row._asdict())
        values = (position, row.number, previous, hashed, now)
        seals.append(dict(zip(audit_seals.c.keys(), values, strict=True)))
        previous = hashed
    session.execute(insert(audit_seals), seals)
    session.execute(delete(audit_pending).where(audit_pending.c.number.in_(numbers)))
    return len(numbers)


def _page(after: int) -> Select[Any]:
    joined = audit_seals.outerjoin(audit_entries, audit_entries.c.number == audit_seals.c.entry_number)
    seal_columns = (audit_seals.c.position, audit_seals.c.entry_number, audit_seals.c.previous, audit_seals.c.hash)
    return (
        select(*seal_columns, *audit_entries.c)
        .select_from(joined)
        .where(audit_seals.c.position > after)
        .order_by(audit_seals.c.position)
        .limit(_BATCH)
    )


def _compare(row: Row[Any], previous: str, position: int) -> BadEntry | None:
    if row.position != position:
        return BadEntry(position, None, "the seal is missing")
    if row.id is None:
        return BadEntry(position, None, "the entry is missing")
    if row.previous != previous:
        return BadEntry(position, row.id, "the seal does not follow the one before it")
    if row.hash != link(previous, entry_of(row)):
        return BadEntry(position, row.id, "the entry differs from what was sealed")
    return None


def _never_sealed(session: Session) -> BadEntry | None:
    sealed = select(audit_seals.c.entry_number).where(audit_seals.c.entry_number == audit_entries.c.number)
    waiting = select(audit_pending.c.number).where(audit_pending.c.number == audit_entries.c.number)
    lost = select(audit_entries.c.id).where(~sealed.exists(), ~waiting.exists()).limit(1)
    found = session.execute(lost).scalar()
    return None if found is None else BadEntry(0, found, "the entry has no seal and does not wait for one")
