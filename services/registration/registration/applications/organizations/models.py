"""The table of further organizations of a draft; the first one stands on the application itself."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from shared.db import JsonColumn, SealedText, claimed


class DraftOrganization(Base):
    """One more organization asked for; when the draft is handed in, it becomes an application of its own.

    `lines` are the lines of business asked for, None for all. The same TIN stands once in a draft.
    """

    __tablename__ = "draft_organizations"
    __table_args__ = (UniqueConstraint("application_id", "tin_index", name="uq_draft_organizations_tin"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    lines: Mapped[list[str] | None] = mapped_column(JsonColumn)
    has_tin: Mapped[bool]
    tin_box: Mapped[str | None] = mapped_column(SealedText(255))
    tin_index: Mapped[str | None] = mapped_column(String(64))
    npi: Mapped[str | None] = mapped_column(String(10))


def of_application(session: Session, application_id: str) -> Sequence[DraftOrganization]:
    """The further organizations of a draft, in the order they were given."""
    chosen = select(DraftOrganization).where(DraftOrganization.application_id == application_id)
    return session.scalars(chosen.order_by(DraftOrganization.position, DraftOrganization.id)).all()


def kinds_of(session: Session, application_id: str) -> frozenset[str]:
    """The kinds among the further organizations of a draft."""
    chosen = select(DraftOrganization.kind).where(DraftOrganization.application_id == application_id).distinct()
    return frozenset(session.scalars(chosen))


def remove(session: Session, application_id: str, organization_id: str) -> bool:
    """Take one further organization off the list; False when it is not there."""
    theirs = (DraftOrganization.application_id == application_id) & (DraftOrganization.id == organization_id)
    return claimed(session.execute(delete(DraftOrganization).where(theirs)))


def remove_tin(session: Session, application_id: str, tin_index: str) -> bool:
    """Take the organization of a TIN off the list: it has become the first one."""
    theirs = (DraftOrganization.application_id == application_id) & (DraftOrganization.tin_index == tin_index)
    return claimed(session.execute(delete(DraftOrganization).where(theirs)))


def clear(session: Session, application_id: str) -> None:
    """Empty the list: each of it has become an application."""
    session.execute(delete(DraftOrganization).where(DraftOrganization.application_id == application_id))
