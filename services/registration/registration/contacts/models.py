"""Tables of proof rounds and codes, and the guarded statements that count and consume."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.contacts.codes import MAX_TRIES, RESEND_PAUSE
from registration.tables import Base
from shared.db import UtcDateTime, claimed


class ProofRound(Base):
    """One round of proving one address for one application; `address_key` is a keyed hash of the address."""

    __tablename__ = "proof_rounds"
    __table_args__ = (Index("ix_proof_rounds_owner", "owner", "channel", "address_key"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    address_key: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    sends: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ProofCode(Base):
    """One code that was sent; only its keyed hash is kept."""

    __tablename__ = "proof_codes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("proof_rounds.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def latest_round(session: Session, owner: str, channel: str, address_key: str) -> ProofRound | None:
    """The newest round of an address."""
    return session.scalar(
        select(ProofRound)
        .where(ProofRound.owner == owner, ProofRound.channel == channel, ProofRound.address_key == address_key)
        .order_by(ProofRound.started_at.desc(), ProofRound.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def count_send(session: Session, round_id: str, now: datetime) -> bool:
    """Count one more code of a round; of two rivals within the pause one wins."""
    return claimed(
        session.execute(
            update(ProofRound)
            .where(ProofRound.id == round_id, ProofRound.last_sent_at <= now - RESEND_PAUSE)
            .values(sends=ProofRound.sends + 1, last_sent_at=now)
        )
    )


def count_try(session: Session, round_id: str) -> bool:
    """Count one try before it is looked at; False once the round's tries are spent."""
    return claimed(
        session.execute(
            update(ProofRound)
            .where(ProofRound.id == round_id, ProofRound.tries < MAX_TRIES)
            .values(tries=ProofRound.tries + 1)
        )
    )


def use_code(session: Session, round_id: str, code_hash: str, now: datetime) -> bool:
    """Consume a living code; of many rivals one does, and never twice."""
    matching = (
        select(ProofCode.id)
        .where(
            ProofCode.round_id == round_id,
            ProofCode.code_hash == code_hash,
            ProofCode.used_at.is_(None),
            ProofCode.expires_at > now,
        )
        .limit(1)
        .scalar_subquery()
    )
    statement = update(ProofCode).where(ProofCode.id == matching, ProofCode.used_at.is_(None)).values(used_at=now)
    return claimed(session.execute(statement.execution_options(synchronize_session=False)))


def alive_until(session: Session, round_id: str, now: datetime) -> datetime | None:
    """When the last living code of a round ends, or None."""
    return session.scalar(
        select(ProofCode.expires_at)
        .where(ProofCode.round_id == round_id, ProofCode.used_at.is_(None), ProofCode.expires_at > now)
        .order_by(ProofCode.expires_at.desc())
        .limit(1)
    )


def forget_before(session: Session, instant: datetime) -> int:
    """Delete the rounds that began before `instant`, with their codes; return how many."""
    old = select(ProofRound.id).where(ProofRound.last_sent_at < instant)
    session.execute(delete(ProofCode).where(ProofCode.round_id.in_(old)).execution_options(synchronize_session=False))
    deleted = session.execute(
        delete(ProofRound).where(ProofRound.last_sent_at < instant).execution_options(synchronize_session=False)
    )
    return int(deleted.rowcount)  # type: ignore[attr-defined]
