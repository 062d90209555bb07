"""The guarded statements of what is owed to receivers: one worker at a time carries it, and it is settled once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Delete, Row, Table, delete, select, update

from identity.oidc.outbound.patience import LEASE
from shared.db import claimed
from shared.service import Work

_LONGEST_REASON = 200  # the columns' width


class Debts:
    """A table of debts: `id`, `due_at`, `settled_at`, `outcome`, `last_error`, and a count of tries, `tries`.

    `due_at` of a row somebody works on is the end of their claim. A row's tries say whose it is: one whose claim ran
    out meanwhile changes nothing.
    """

    def __init__(self, table: Table, tries: Column[int]) -> None:
        self._table, self._tries = table, tries

    def number(self, debt: Row[Any]) -> int:
        """Return which attempt a debt was claimed for, from 1 on."""
        return int(debt._mapping[self._tries])

    def claim(self, work: Work, ids: Sequence[str]) -> list[Row[Any]]:
        """Take for one attempt each what is due of these, in this order; nothing where another worker has the first.

        So of any number of workers one carries what is owed to a receiver, and none of them waits for another's rows.
        """
        first = self._claimed(work, ids[:1])
        rest = self._claimed(work, ids[1:]) if first and ids[1:] else []
        return first + sorted(rest, key=lambda debt: ids.index(debt.id))

    def settle(self, work: Work, debt: Row[Any], outcome: str, error: str | None) -> bool:
        """Note how it is over; False where it is not this attempt's any more."""
        told = error[:_LONGEST_REASON] if error else None
        return self._note(work, debt, {"settled_at": work.now, "outcome": str(outcome), "last_error": told})

    def again(self, work: Work, debt: Row[Any], due_at: datetime, error: str) -> bool:
        """Note when it is due again, and why; False where it is not this attempt's any more."""
        return self._note(work, debt, {"due_at": due_at, "last_error": error[:_LONGEST_REASON]})

    def untried(self, work: Work, debt: Row[Any]) -> bool:
        """Put back what was taken and not tried, as it was; False where it is not this attempt's any more."""
        return self._note(work, debt, {"due_at": work.now, self._tries.name: self._tries - 1})

    def forgotten(self, before: datetime, limit: int) -> Delete:
        """Return a statement that deletes a batch of what was settled before an instant."""
        found = self._table.c
        return delete(self._table).where(found.id.in_(select(found.id).where(found.settled_at < before).limit(limit)))

    def _claimed(self, work: Work, ids: Sequence[str]) -> list[Row[Any]]:
        found, until = self._table.c, work.now + LEASE
        due = found.id.in_(ids) & found.settled_at.is_(None) & (found.due_at <= work.now)
        taken = update(self._table).where(due).values({found.due_at: until, self._tries: self._tries + 1})
        return list(work.session.execute(taken.returning(self._table)))

    def _note(self, work: Work, debt: Row[Any], values: Mapping[str, object]) -> bool:
        found = self._table.c
        mine = (found.id == debt.id) & (self._tries == self.number(debt)) & found.settled_at.is_(None)
        return claimed(work.session.execute(update(self._table).where(mine).values(values)))
