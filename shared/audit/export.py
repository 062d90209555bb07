"""The audit as JSON lines: one object per entry with its seal, then one with the head; checkable anywhere."""

from collections.abc import Callable, Iterable, Iterator

import orjson

from shared.audit.chain import DIFFERS, START, BadEntry, Head, cut_off, entry_of, link, sealed_entries
from shared.db import Database

_OUT = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


def lines(database: Database, sign: Callable[[Head], str] | None = None) -> Iterator[bytes]:
    """Yield every sealed entry as `{position, previous, hash, entry}`, then `{head: {position, hash}, checkpoint}`.

    `sign` makes the checkpoint of the head; without it there is none.
    """
    last = Head(0, START)
    with database.reading() as session:
        for row in sealed_entries(session):
            last = Head(row.position, row.hash)
            sealed = {"position": row.position, "previous": row.previous, "hash": row.hash, "entry": entry_of(row)}
            yield orjson.dumps(sealed, option=_OUT)
    signed = {"checkpoint": sign(last)} if sign else {}
    yield orjson.dumps({"head": {"position": last.position, "hash": last.hash}, **signed}, option=_OUT)


def check(exported: Iterable[bytes], expected: Head | None = None) -> tuple[BadEntry | None, Head]:
    """Check exported lines without the database; return the first bad entry (or None) and the head reached.

    `expected` is a head noted earlier: the chain must go through it.
    """
    last, complete = Head(0, START), False
    for line in exported:
        record = _read(line)
        if record is None or complete:
            return BadEntry(last.position + 1, None, "the line is not one of an export"), last
        if "head" in record:
            complete = True
            if record["head"] != {"position": last.position, "hash": last.hash}:
                return BadEntry(last.position, None, "the head differs from the last entry"), last
            continue
        bad = _compare(record, last)
        if bad:
            return bad, last
        last = Head(last.position + 1, str(record["hash"]))
        if expected and expected.position == last.position and expected.hash != last.hash:
            return BadEntry(last.position, _id_of(record), DIFFERS), last
    if complete and expected and expected.position > last.position:
        return BadEntry(last.position + 1, None, cut_off(last.position, expected)), last
    return (None if complete else BadEntry(last.position + 1, None, "the export has no head: its end is missing")), last


def _id_of(record: dict[str, object]) -> str | None:
    entry = record.get("entry")
    return str(entry.get("id")) if isinstance(entry, dict) else None


def _read(line: bytes) -> dict[str, object] | None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _compare(record: dict[str, object], last: Head) -> BadEntry | None:
    position, entry = last.position + 1, record.get("entry")
    if not isinstance(entry, dict):
        return BadEntry(position, None, "the line holds no entry")
    entry_id = str(entry.get("id"))
    if record.get("position") != position:
        return BadEntry(position, entry_id, "an entry is missing or out of order")
    if record.get("previous") != last.hash:
        return BadEntry(position, entry_id, "the seal does not follow the one before it")
    if record.get("hash") != link(last.hash, entry):
        return BadEntry(position, entry_id, "the entry differs from what was sealed")
    return None
