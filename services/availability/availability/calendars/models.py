"""Tables of the schedule: every published version, and the head that says which one counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Text, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from availability.tables import Base
from shared.db import JsonColumn, UtcDateTime, claimed


class ScheduleVersion(Base):
    """One published schedule, with its author and reason; never changed afterwards."""

    __tablename__ = "schedule_versions"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    author: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduleHead(Base):
    """One row: the version that counts, and a revision that grows with every change to any answer.

    A new version or a step of maintenance is a new revision; whoever keeps a compiled schedule compares it.
    """

    __tablename__ = "schedule_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Head:
    """Which version counts, and the revision of the answers."""

    version: int
    revision: int


REVISION = select(ScheduleHead.revision).where(ScheduleHead.id == 1)


def read_head(session: Session) -> Head:
    """The head row; the migration made it."""
    row = session.execute(select(ScheduleHead.version, ScheduleHead.revision).where(ScheduleHead.id == 1)).one()
    return Head(row.version, row.revision)


def next_revision(session: Session) -> int:
    """Count one more change; return the new revision."""
    step = (
        update(ScheduleHead)
        .where(ScheduleHead.id == 1)
        .values(revision=ScheduleHead.revision + 1)
        .returning(ScheduleHead.revision)
    )
    return session.execute(step).scalar_one()


def claim_version(session: Session, seen: int) -> bool:
    """Move the head from the version that the author saw to the next; False when somebody was faster."""
    step = (
        update(ScheduleHead)
        .where(ScheduleHead.id == 1, ScheduleHead.version == seen)
        .values(version=seen + 1, revision=ScheduleHead.revision + 1)
    )
    return claimed(session.execute(step))


def add_version(
    session: Session, version: int, document: Mapping[str, Any], author: str, reason: str, at: datetime
) -> None:
    """Store a version."""
    values = {"document": dict(document), "author": author, "reason": reason, "created_at": at}
    session.execute(insert(ScheduleVersion).values(version=version, **values))


def read_document(session: Session, version: int) -> dict[str, Any]:
    """The document of a version."""
    found: dict[str, Any] = session.scalars(
        select(ScheduleVersion.document).where(ScheduleVersion.version == version)
    ).one()
    return found


def find_version(session: Session, version: int) -> ScheduleVersion | None:
    """One version."""
    return session.get(ScheduleVersion, version)


def read_versions(session: Session, limit: int = 20, before: int | None = None) -> list[ScheduleVersion]:
    """The newest versions (older than `before`, where given), newest first."""
    wanted = select(ScheduleVersion).order_by(ScheduleVersion.version.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(ScheduleVersion.version < before)
    return list(session.scalars(wanted))
