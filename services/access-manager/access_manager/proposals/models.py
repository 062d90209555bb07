"""The proposal row and its one guarded statement."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Update, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.proposals.flow import State, Word, Words
from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime


class Proposal(Base):
    """Something that a manager proposed about a member (or, without a membership, about the organization).

    What it takes is fixed when it is made. `functions`: what is to be given, for that kind alone.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_organization_id_state", "organization_id", "state"),
        Index("ix_proposals_account_id_state", "account_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    membership_id: Mapped[str | None] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(64))
    functions: Mapped[Sequence[str]] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(20))
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    needs_acceptance: Mapped[bool]
    needs_approval: Mapped[bool]
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(40))

    @property
    def words(self) -> Words:
        """Which words it takes, and which were given."""
        given = self.accepted_at is not None, self.approved_at is not None
        return Words(self.needs_acceptance, self.needs_approval, *given)

    @property
    def missing(self) -> list[str]:
        """Whose word is missing, as the API names it."""
        return sorted(self.words.missing()) if self.state == State.OPEN else []


def while_open(proposal: Proposal, now: datetime, word: Word | None = None) -> Update:
    """Start the UPDATE that writes to an open proposal: not at its end, nor where that word was given meanwhile."""
    still_open = update(Proposal).where(
        Proposal.id == proposal.id, Proposal.state == State.OPEN.value, Proposal.expires_at > now
    )
    if word is Word.ACCEPTANCE:
        still_open = still_open.where(Proposal.needs_acceptance, Proposal.accepted_at.is_(None))
    if word is Word.APPROVAL:
        still_open = still_open.where(Proposal.needs_approval, Proposal.approved_at.is_(None))
    return still_open.execution_options(synchronize_session=False)
