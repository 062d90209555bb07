"""The audit as files: CSV for spreadsheets, JSON lines for programs. Both are written while they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields

import orjson

from identity.operators.record.reading import Entry, Filters, all_entries
from shared import spreadsheet
from shared.service import Context

MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
_HEAD = [one.name for one in fields(Entry)]


def written(context: Context, filters: Filters, kind: str) -> Iterator[bytes]:
    """Yield the file in pieces; the reading begins with the first and ends with the last."""
    with context.reading() as session:
        found = all_entries(session, filters)
        yield from as_csv(found) if kind == "csv" else as_lines(found)


def as_csv(found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield entries as CSV: instants in UTC with `Z`, changes as JSON."""
    return (line.encode() for line in spreadsheet.rows(_HEAD, (_cells(entry) for entry in found)))


def as_lines(found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield entries as JSON, one in a line."""
    return (orjson.dumps(asdict(entry), option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE) for entry in found)


def _cells(entry: Entry) -> list[object]:
    values = asdict(entry)
    changes = {name: orjson.dumps(values[name]).decode() for name in ("before", "after") if values[name] is not None}
    at = entry.at.isoformat().replace("+00:00", "Z")
    return list({**values, **changes, "at": at}.values())
