"""The batch: one list that was carried out, with what became of each of its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Update, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime


class Batch(Base):
    """A list of people to add (`kind` "add") or to remove ("remove"); `done` counts rows that changed something.

    `rows`: each as `results.Row.kept` gives it, in the order of the list; undoing adds to each what came of it.
    """

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_organization_id_made_at", "organization_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    rows: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JsonColumn)
    done: Mapped[int]
    faults: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(64))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def undo_once(batch_id: str) -> Update:
    """Start the UPDATE that undoes: of many rivals exactly one claims the batch."""
    return (
        update(Batch)
        .where(Batch.id == batch_id, Batch.undone_at.is_(None))
        .execution_options(synchronize_session=False)
    )
