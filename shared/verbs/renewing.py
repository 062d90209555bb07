"""Everything that a service has sealed, closed again with its newest key, while the service runs.

Which columns these are, they say themselves (`SealedText`, `SealedHash`). A run keeps nothing of its own: it looks
at all of them, changes what an older key closed, and looks once more; so one that was killed is begun again, and two do
no harm. A value is changed only where it still is what was read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, MetaData, Update, bindparam, func, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from shared.crypto import HashBox, SecretBox
from shared.db import Database, SealedHash, SealedText, changed, lost_to_a_rival, wait_briefly

Told = Callable[[int, int], None]  # how many values were looked at, of how many
_BATCH = 200
_LOOKS = 5


@dataclass
class Renewal:
    """What became of it: how many values were given the newest key, and what the last look over all of them found.

    `current`: how many have the newest key; `left`: how many had another; `unopened`: `table.column id` of the rest.
    """

    renewed: int = 0
    current: int = 0
    left: int = 0
    unopened: list[str] = field(default_factory=list)


@dataclass
class _Old:
    """A value under an older key: in which row, and what takes its place."""

    row: tuple[object, ...]
    value: str
    renewed: str


class Renewer:
    """The sealed columns of a service's database, and the boxes that open them."""

    def __init__(self, database: Database, tables: Iterable[MetaData], keys: Sequence[bytes]) -> None:
        self._database = database
        self._boxes: dict[type[Any], SecretBox | HashBox] = {SealedText: SecretBox(keys), SealedHash: HashBox(keys)}
        self._columns = sealed_columns(tables)

    def run(self, told: Told) -> Renewal:
        """Look until nothing is under an older key, or a rival has won too often. What is done stays, if it is killed.

        What a rival wrote behind one look is found by the next, so the last one of all has nothing to do.
        """
        whole, renewed, found = self._count(), 0, Renewal()
        for look in range(_LOOKS):
            found = self._look(told, look * whole, (look + 1) * whole)
            renewed += found.renewed
            if not found.left:
                break
        found.renewed = renewed
        return found

    def _count(self) -> int:
        with self._database.reading() as session:
            return sum(session.scalar(select(func.count()).where(column != "")) or 0 for column in self._columns)

    def _look(self, told: Told, done: int, whole: int) -> Renewal:
        found = Renewal()
        for column in self._columns:
            for rows in _batches(self._database, column):
                old = self._sort(column, rows, found)
                found.left += len(old)
                found.renewed += _write(self._database, column, old) if old else 0
                done += len(rows)
                told(done, whole)
        return found

    def _sort(self, column: Column[Any], rows: Iterable[tuple[Any, ...]], found: Renewal) -> list[_Old]:
        box, old = self._boxes[type(column.type)], []
        for *key, value in rows:
            try:
                renewed = box.renewed(value)
            except ValueError:
                found.unopened.append(f"{column} {' '.join(map(str, key))}")
                continue
            if renewed is None:
                found.current += 1
            else:
                old.append(_Old(tuple(key), value, renewed))
        return old


def sealed_columns(tables: Iterable[MetaData]) -> list[Column[Any]]:
    """Return every column that was declared sealed."""
    every = (column for known in tables for table in known.sorted_tables for column in table.columns)
    return [column for column in every if isinstance(column.type, SealedText)]


def _batches(database: Database, column: Column[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of (key…, value) in the order of the key. Where the value is the key, a renewed one may be met again."""
    key = column.table.primary_key.columns
    first = select(*key, column).where(column != "").order_by(*key).limit(_BATCH)
    following = first
    while True:
        with database.reading() as session:
            rows = [tuple(row) for row in session.execute(following)]
        if not rows:
            return
        yield rows
        following = first.where(tuple_(*key) > rows[-1][:-1])


def _write(database: Database, column: Column[Any], old: Sequence[_Old]) -> int:
    """Replace values that still are what was read, and return how many; none where a rival held one for long."""
    rows = [{**_named(one.row), "value_before": one.value, "value_now": one.renewed} for one in old]
    try:
        with database.transaction() as session:
            wait_briefly(session)
            return changed(session.connection().execute(_guarded(column), rows))
    except DBAPIError as error:
        if lost_to_a_rival(error):
            return 0
        raise


def _guarded(column: Column[Any]) -> Update:
    """One UPDATE of one row, as long as it holds what was read."""
    key = column.table.primary_key.columns
    of_row = [each == bindparam(name) for each, name in zip(key, _named(key), strict=True)]
    still = column == bindparam("value_before")
    return update(column.table).where(*of_row, still).values({column: bindparam("value_now")})


def _named(key: Iterable[object]) -> dict[str, object]:
    return {f"key_{number}": value for number, value in enumerate(key)}
