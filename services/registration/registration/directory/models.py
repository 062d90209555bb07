"""Tables of the directory: the payer's entries, who has which NPI, and organizations as access-manager tells them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, Text, bindparam, delete, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from shared.db import SealedText, UtcDateTime, claimed, insert_into, table_of


class DirectoryEntry(Base):
    """One organization in the payer's directory; replaced by each import that mentions its TIN.

    `npi` is the first of its NPIs, all of them are in `directory_npis`; `address` has a line for each line of the
    letter and may be empty; `domain` is the part after the @ of the office's mail, where the payer knows it.
    """

    __tablename__ = "directory_entries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tin_index: Mapped[str] = mapped_column(String(64), unique=True)
    tin_box: Mapped[str] = mapped_column(SealedText(255))
    npi: Mapped[str | None] = mapped_column(String(10), index=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), index=True)  # the desk asks how many TINs share it
    contracted: Mapped[bool]
    claim_submitted: Mapped[bool]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(400), default="", server_default=text("''"))
    domain: Mapped[str | None] = mapped_column(String(255))


class DirectoryNpi(Base):
    """One NPI the payer knows for a TIN; a TIN may have many, and an NPI may bill under several TINs."""

    __tablename__ = "directory_npis"

    tin_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    npi: Mapped[str] = mapped_column(String(10), primary_key=True, index=True)


class NpiEntry(Base):
    """One active NPI of the national file (NPPES), cell by cell, in the generation of the import that brought it.

    `kind` is 1 for a person and 2 for an organization, `taxonomies` are codes separated by spaces; the address is that
    of the practice location. A generation nobody switched to is seen by no look-up.
    """

    __tablename__ = "npi_entries"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    npi: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(1))
    organization: Mapped[str] = mapped_column(Text)
    first: Mapped[str] = mapped_column(Text)
    middle: Mapped[str] = mapped_column(Text)
    last: Mapped[str] = mapped_column(Text)
    street: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    postal: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    taxonomies: Mapped[str] = mapped_column(Text)


class NpiSwitch(Base):
    """Which generation of the national file counts: one row, made by the migration; 0 stands for none yet."""

    __tablename__ = "npi_switch"

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    generation: Mapped[int]


_entries = table_of(NpiEntry)
_ENTRIES_OF = select(_entries).where(
    _entries.c.npi.in_(bindparam("npis", expanding=True)),
    _entries.c.generation == select(NpiSwitch.generation).scalar_subquery(),
)


class Organization(Base):
    """An organization of the suite: its TIN, sealed and by its index, and what events say about it.

    Each kind of event keeps its own last sequence, so that neither overtakes the other.
    """

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tin_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    tin_box: Mapped[str | None] = mapped_column(SealedText(255))
    name: Mapped[str] = mapped_column(String(200), default="")
    contracted: Mapped[bool] = mapped_column(default=False)
    manager_count: Mapped[int] = mapped_column(default=0)
    organization_sequence: Mapped[int] = mapped_column(default=0)
    manager_sequence: Mapped[int] = mapped_column(default=0)
    seated_sequence: Mapped[int | None]  # the manager_sequence known when the desk gave the first seat


def write_entries(session: Session, entries: Sequence[Mapping[str, object]]) -> None:
    """Put entries in, each over the one its TIN had, whose id stays; two who do it at once leave one of each."""
    table = table_of(DirectoryEntry)
    fresh = insert_into(session, table)
    changed_columns = {name: fresh.excluded[name] for name in entries[0] if name not in ("id", "tin_index")}
    written = fresh.on_conflict_do_update(index_elements=[table.c.tin_index], set_=changed_columns)
    session.execute(written, [dict(each) for each in entries])


def write_npis(session: Session, npis: Mapping[str, Sequence[str]]) -> None:
    """Let these TINs, by index, have these NPIs and no others."""
    table = table_of(DirectoryNpi)
    session.execute(delete(table).where(table.c.tin_index.in_(npis)))
    rows = [{"tin_index": index, "npi": npi} for index, found in npis.items() for npi in found]
    if rows:
        session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)


def entry_of(session: Session, tin_index: str) -> DirectoryEntry | None:
    """The directory entry of a TIN."""
    return session.scalar(select(DirectoryEntry).where(DirectoryEntry.tin_index == tin_index))


def entries_of(session: Session, tin_indexes: Collection[str]) -> dict[str, DirectoryEntry]:
    """The directory entries of some TINs, by index."""
    found = session.scalars(select(DirectoryEntry).where(DirectoryEntry.tin_index.in_(tin_indexes)))
    return {entry.tin_index: entry for entry in found}


def npi_entries_of(session: Session, npis: Collection[str]) -> Sequence[Row[Any]]:
    """The cells of some NPIs in the generation that counts, as an `NpiEntry` has them; none for an unknown NPI.

    One statement, so that a switch never falls in its middle; rows of plain columns cost half of what objects cost.
    """
    return session.execute(_ENTRIES_OF, {"npis": list(npis)}).all()


def npis_of(session: Session, tin_indexes: Collection[str]) -> Sequence[tuple[str, str]]:
    """TINs, by index, each with an NPI the payer knows for it."""
    chosen = select(DirectoryNpi.tin_index, DirectoryNpi.npi).where(DirectoryNpi.tin_index.in_(tin_indexes))
    return [(index, npi) for index, npi in session.execute(chosen)]


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
