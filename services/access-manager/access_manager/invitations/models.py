"""The invitation row, its links as keyed hashes, and the guarded statements by which each act happens once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.invitations.states import State
from access_manager.tables import Base
from shared.db import JsonColumn, SealedHash, UtcDateTime


class Invitation(Base):
    """One address invited to one organization; kept for the history.

    `letters` counts the mails, the last of them at `mailed_at`. `account_id` is the account that was made for it, then
    the one that accepted it. `asked_at`: the person pressed "make an account", and a letter is to be written to them;
    `answered_at`: one was.
    """

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    display_name: Mapped[str] = mapped_column(String(200))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    lines: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20), default=State.PENDING.value)
    invited_by: Mapped[str] = mapped_column(String(64))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    letters: Mapped[int] = mapped_column(default=1)
    mailed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    asked_in: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)


_OPEN = Invitation.state == State.PENDING.value
Index("ix_invitations_organization_id_invited_at", Invitation.organization_id, Invitation.invited_at)
# Two managers who invite the same person at once make one invitation, whatever the program does.
Index(
    "uq_invitations_open_address",
    Invitation.organization_id,
    Invitation.email_key,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)


class InvitationLink(Base):
    """The sealed hash of one link's secret. Every letter has its own, and all of one invitation stay good."""

    __tablename__ = "invitation_links"

    secret_hash: Mapped[str] = mapped_column(SealedHash(64), primary_key=True)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), index=True)


def while_pending(invitation_id: str, version: int | None = None) -> Update:
    """Start an UPDATE that claims the invitation only while nobody accepted or revoked it, and as it was read."""
    open_one = update(Invitation).where(Invitation.id == invitation_id, Invitation.state == State.PENDING.value)
    if version is not None:
        open_one = open_one.where(Invitation.version == version)
    return open_one.execution_options(synchronize_session=False)


def in_time(invitation_id: str, now: datetime) -> Update:
    """Start the UPDATE that accepts: of many rivals exactly one claims the open row, and only before its end."""
    return while_pending(invitation_id).where(Invitation.expires_at > now)
