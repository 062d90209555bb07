"""The membership row, which every decision reads: all functions of one account in one organization; and deputies."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Update, cast, text, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.rules.lines import LINES
from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime

ACTIVE, SUSPENDED, REMOVED = "active", "suspended", "removed"
MEMBER, MANAGER = "member", "manager"
# Of a membership that ends: nothing has been told of it since its end. Written out, as the condition of an index.
UNTOLD = text("status = 'active' AND changed_at < ends_at")


class Membership(Base):
    """One account in one organization, kept after removal: `version` goes on where somebody comes back.

    `source` names what granted it last (an approval, a vetting case, an account), so that the same fact told twice
    changes nothing. `lines` limits it to some lines of business; empty means all. `function_ends` names the functions
    that end before the membership does, as RFC 3339 text in UTC. `link_id` is the third-party link it comes through,
    `via_organization_id` the company whose member the person is.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        # The hot query of every decision, and its uniqueness.
        Index("uq_memberships_account_id_organization_id", "account_id", "organization_id", unique=True),
        Index("ix_memberships_organization_id_status_role", "organization_id", "status", "role"),
        Index("ix_memberships_link_id", "link_id"),
        Index("ix_memberships_ends_at", "ends_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    status: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    function_ends: Mapped[Mapping[str, str]] = mapped_column(JsonColumn, default=dict, server_default="{}")
    lines: Mapped[Sequence[str]] = mapped_column(JsonColumn, default=list, server_default="[]")
    link_id: Mapped[str | None] = mapped_column(String(64))
    via_organization_id: Mapped[str | None] = mapped_column(String(64))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_manager(self) -> bool:
        """True while the person manages the organization."""
        return self.status == ACTIVE and self.role == MANAGER


class Deputy(Base):
    """A member who acts for one manager within a period and some scopes (`rules.deputies.DELEGABLE`).

    It counts while it runs, is not ended, its manager has the seat and its deputy belongs to the organization: each
    compared when somebody acts, so that no job ends it.
    """

    __tablename__ = "deputies"
    __table_args__ = (
        # What every page of a deputy asks.
        Index("ix_deputies_deputy_id_organization_id", "deputy_id", "organization_id"),
        Index("ix_deputies_organization_id_ends_at", "organization_id", "ends_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    manager_id: Mapped[str] = mapped_column(String(64))
    deputy_id: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(64))


def in_reach(reach: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """The rule of `rules.lines.within`, said to the database: limited to some lines, and to no other."""
    if reach:
        lines = cast(Membership.lines, String)
        yield lines != "[]"
        yield from (~lines.contains(f'"{each}"') for each in LINES if each not in reach)


def unchanged(membership: Membership) -> Update:
    """Start an UPDATE that claims nothing when anybody changed the row since it was read."""
    return (
        update(Membership)
        .where(Membership.id == membership.id, Membership.version == membership.version)
        .execution_options(synchronize_session=False)
    )
