"""Tables of the directory: the payer's entries, and organizations as access-manager's events tell them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from shared.db import UtcDateTime, claimed


class DirectoryEntry(Base):
    """One organization in the payer's directory; replaced by each import that mentions its TIN."""

    __tablename__ = "directory_entries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tin_index: Mapped[str] = mapped_column(String(64), unique=True)
    tin_box: Mapped[str] = mapped_column(String(255))
    npi: Mapped[str | None] = mapped_column(String(10), index=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    contracted: Mapped[bool]
    claim_submitted: Mapped[bool]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Organization(Base):
    """An organization of the suite: its TIN, sealed and by its index, and what events say about it.

    Each kind of event keeps its own last sequence, so that neither overtakes the other.
    """

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tin_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    tin_box: Mapped[str | None] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200), default="")
    contracted: Mapped[bool] = mapped_column(default=False)
    manager_count: Mapped[int] = mapped_column(default=0)
    organization_sequence: Mapped[int] = mapped_column(default=0)
    manager_sequence: Mapped[int] = mapped_column(default=0)
    seated_sequence: Mapped[int | None]  # the manager_sequence known when the desk gave the first seat


def entry_of(session: Session, tin_index: str) -> DirectoryEntry | None:
    """The directory entry of a TIN."""
    return session.scalar(select(DirectoryEntry).where(DirectoryEntry.tin_index == tin_index))


def entries_of(session: Session, tin_indexes: Collection[str]) -> dict[str, DirectoryEntry]:
    """The directory entries of some TINs, by index."""
    found = session.scalars(select(DirectoryEntry).where(DirectoryEntry.tin_index.in_(tin_indexes)))
    return {entry.tin_index: entry for entry in found}


def organization_of(session: Session, tin_index: str) -> Organization | None:
    """The organization of a TIN."""
    return session.scalar(select(Organization).where(Organization.tin_index == tin_index))


def note_organization(session: Session, organization_id: str, sequence: int, **facts: object) -> bool:
    """Take over what `organization.changed` says unless a newer one was taken already; return whether it was news."""
    return claimed(
        session.execute(
            update(Organization)
            .where(Organization.id == organization_id, Organization.organization_sequence < sequence)
            .values(organization_sequence=sequence, **facts)
        )
    )


def note_managers(session: Session, organization_id: str, sequence: int, count: int) -> bool:
    """Take over the count of managers unless a newer one was taken already; return whether it was news."""
    return claimed(
        session.execute(
            update(Organization)
            .where(Organization.id == organization_id, Organization.manager_sequence < sequence)
            .values(manager_sequence=sequence, manager_count=count)
        )
    )


def take_seat(session: Session, organization_id: str) -> bool:
    """Claim the first seat of an organization: of many rivals one gets it, and none while there are managers.

    A seat given stays taken until a later count of managers arrives; a later count of zero frees it.
    """
    given = Organization.seated_sequence
    return claimed(
        session.execute(
            update(Organization)
            .where(
                Organization.id == organization_id,
                Organization.manager_count == 0,
                or_(given.is_(None), Organization.manager_sequence > given),
            )
            .values(seated_sequence=Organization.manager_sequence)
        )
    )
