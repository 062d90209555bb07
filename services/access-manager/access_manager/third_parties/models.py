"""The link between an organization and a company that works for it, connection codes, and their guarded statements."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Update, text, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime


class State(StrEnum):
    """Where a link stands; only an active one carries anybody."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Side(StrEnum):
    """Which of the two organizations: the one that gives, or the one that works for it."""

    PROVIDER = "provider"
    COMPANY = "company"


class Link(Base):
    """What one organization lets a company do for it. `asked_side` proposed it, the other side answered.

    `lines`: the lines of business of the manager who gave it; none named means all.
    """

    __tablename__ = "third_party_links"
    __table_args__ = (
        # Of two who propose the same at once one row stays, also where the lock was forgotten.
        Index(
            "uq_third_party_links_open",
            "provider_id",
            "company_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'active')"),
            postgresql_where=text("state IN ('proposed', 'active')"),
        ),
        Index("ix_third_party_links_provider_id_state", "provider_id", "state"),
        Index("ix_third_party_links_company_id_state", "company_id", "state"),
        Index("ix_third_party_links_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    company_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    lines: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    asked_side: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    def side_of(self, organization_id: str) -> Side | None:
        """Which side the organization is; None for a stranger to it."""
        sides = {self.company_id: Side.COMPANY, self.provider_id: Side.PROVIDER}
        return sides.get(organization_id)

    def partner_of(self, organization_id: str) -> str:
        """The id of the organization on the other side."""
        return self.company_id if organization_id == self.provider_id else self.provider_id

    def runs(self, now: datetime) -> bool:
        """Whether it carries people at this instant."""
        return self.state == State.ACTIVE and (self.ends_at is None or self.ends_at > now)


class ConnectCode(Base):
    """What an organization reads to another one that is to be connected with it. There is one, until it is renewed."""

    __tablename__ = "connect_codes"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def while_in(link: Link, *states: State) -> Update:
    """Start the UPDATE of a link that claims nothing once it left these states or anybody changed it."""
    return (
        update(Link)
        .where(Link.id == link.id, Link.version == link.version, Link.state.in_([each.value for each in states]))
        .execution_options(synchronize_session=False)
    )
