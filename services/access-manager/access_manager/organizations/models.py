"""The organization row and its guarded statements. The row is the lock: whoever changes access takes it first."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Update, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from access_manager.functions.catalogue import entitled
from access_manager.organizations.limits import MANAGERS_MAXIMUM, MANAGERS_MINIMUM
from access_manager.tables import Base
from shared.db import UtcDateTime


class Organization(Base):
    """One organization. `version` grows with every event about it; `manager_count` counts active managers.

    `four_eyes`: its managers want two of them to agree before somebody is given a sensitive function.
    """

    __tablename__ = "organizations"
    __table_args__ = (
        # The database refuses the sixteenth whatever the program does; a new organization begins with none.
        CheckConstraint(f"manager_count >= 0 AND manager_count <= {MANAGERS_MAXIMUM}", name="manager_count"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    contracted: Mapped[bool]
    tin_last4: Mapped[str | None] = mapped_column(String(4))
    manager_count: Mapped[int] = mapped_column(default=0)
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def entitled(self) -> tuple[str, ...]:
        """The functions that it may hold, whoever grants them."""
        return entitled(kind=self.kind, contracted=self.contracted)


def lock(session: Session, organization_id: str) -> Organization | None:
    """Return the row locked until the transaction ends (SQLite: the transaction itself is alone), or None."""
    statement = select(Organization).where(Organization.id == organization_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def seat_one(organization_id: str) -> Update:
    """Count one manager more; claims nothing at the maximum."""
    return _count(organization_id, +1).where(Organization.manager_count < MANAGERS_MAXIMUM)


def unseat_one(organization_id: str) -> Update:
    """Count one manager less; claims nothing at the last one."""
    return _count(organization_id, -1).where(Organization.manager_count > MANAGERS_MINIMUM)


def vacate_one(organization_id: str) -> Update:
    """Count one manager less, the last one too: for a seat whose account is closed, which no rule can fill."""
    return _count(organization_id, -1).where(Organization.manager_count > 0)


def _count(organization_id: str, by: int) -> Update:
    # Two events follow, manager.changed and organization.changed: each has a version of its own, so that a listener
    # that keeps one row for both never takes the second for old.
    return (
        update(Organization)
        .where(Organization.id == organization_id)
        .values(manager_count=Organization.manager_count + by, version=Organization.version + 2)
        .execution_options(synchronize_session=False)
    )
