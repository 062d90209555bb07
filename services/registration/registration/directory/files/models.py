"""The run of an import: what file, how far, how much; and the guarded statements that move it.

A run's rows are committed together with its position, so that whoever goes on neither loses nor doubles a row.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from shared.db import UtcDateTime, claimed


class State(StrEnum):
    """The life of a run. One that another file overtook before its end is abandoned."""

    RUNNING = "running"
    DONE = "done"
    ABANDONED = "abandoned"


class DirectoryImport(Base):
    """One run over one file. `position` counts bytes of the unpacked file, `line` its lines, both from its start."""

    __tablename__ = "directory_imports"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    layout: Mapped[str] = mapped_column(String(10))
    generation: Mapped[int] = mapped_column(unique=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(BigInteger)
    errors_size: Mapped[int] = mapped_column(BigInteger)
    kept: Mapped[int] = mapped_column(BigInteger)
    inactive: Mapped[int] = mapped_column(BigInteger)
    left_out: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_directory_imports_running",
            "layout",
            unique=True,
            postgresql_where=text("state = 'running'"),
            sqlite_where=text("state = 'running'"),
        ),
    )


_RUNNING = DirectoryImport.state == State.RUNNING


def running_of(session: Session, layout: str) -> DirectoryImport | None:
    """The run of a layout that has not ended; there is one at most."""
    return session.scalar(select(DirectoryImport).where(DirectoryImport.layout == layout, _RUNNING))


def last_done(session: Session, layout: str) -> DirectoryImport | None:
    """The newest run of a layout that came to its end."""
    done = select(DirectoryImport).where(DirectoryImport.layout == layout, DirectoryImport.state == State.DONE)
    return session.scalar(done.order_by(DirectoryImport.generation.desc()).limit(1))


def listed(session: Session, limit: int) -> Sequence[DirectoryImport]:
    """The newest runs first."""
    return session.scalars(select(DirectoryImport).order_by(DirectoryImport.generation.desc()).limit(limit)).all()


def ended_generations(session: Session) -> Sequence[int]:
    """The generations of all runs that have ended."""
    return session.scalars(select(DirectoryImport.generation).where(DirectoryImport.state != State.RUNNING)).all()


def begin(session: Session, run: DirectoryImport) -> None:
    """Open a run with the next generation; whatever ran in its layout is abandoned.

    Raises IntegrityError where a rival opens one in the same moment.
    """
    others = update(DirectoryImport).where(DirectoryImport.layout == run.layout, _RUNNING)
    session.execute(others.values(state=State.ABANDONED, touched_at=run.started_at))
    run.generation = 1 + (session.scalar(select(func.max(DirectoryImport.generation))) or 0)
    session.add(run)
    session.flush()


def hold(session: Session, run_id: str, position: int) -> bool:
    """Take a run for this transaction, if it still runs and stands where we left it; a rival waits, and then loses."""
    standing = update(DirectoryImport).where(DirectoryImport.id == run_id, _RUNNING)
    return claimed(session.execute(standing.where(DirectoryImport.position == position).values(position=position)))


def advance(session: Session, run_id: str, **facts: object) -> None:
    """Write how far a held run has come."""
    session.execute(update(DirectoryImport).where(DirectoryImport.id == run_id).values(**facts))
