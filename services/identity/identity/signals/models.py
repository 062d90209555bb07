"""The tables of streams, of the people they are about, and of the sets that are owed to them."""

from datetime import datetime

from sqlalchemy import Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, SealedText, UtcDateTime, table_of


class SignalStream(Base):
    """What one receiver, which is a client, wants to hear and how; a client has one at most (SSF 1.0 §8.1.1).

    `requested`: the event types that the receiver named; `delivered`: those of them that are offered. `authorization`
    is what a push sends as its header, encrypted. `default_subjects`: whether it is about everybody ("ALL") or about
    those it added ("NONE"). `reason` belongs to `status`; `held`: an operator stopped it, so that its receiver cannot
    start it again. `verified_at`: when the receiver last asked to be verified.
    """

    __tablename__ = "signal_streams"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    method: Mapped[str] = mapped_column(String(8))
    endpoint: Mapped[str | None] = mapped_column(String(500))
    authorization: Mapped[str | None] = mapped_column(SealedText)
    requested: Mapped[list[str]] = mapped_column(JsonColumn)
    delivered: Mapped[list[str]] = mapped_column(JsonColumn)
    description: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(200))
    held: Mapped[bool] = mapped_column(server_default=false())
    default_subjects: Mapped[str] = mapped_column(String(4))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignalSubject(Base):
    """One person whom a receiver added to its stream, or removed from it."""

    __tablename__ = "signal_subjects"

    stream_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    wanted: Mapped[bool]


class SignalSet(Base):
    """One security event token for one stream (RFC 8417); the id is its `jti`. Told in the order of `made_at`, `id`.

    `due_at` of a row somebody works on is the end of their claim. `outcome` and `settled_at` are there once it is over.
    """

    __tablename__ = "signal_sets"
    __table_args__ = (
        Index("ix_signal_sets_stream_id_settled_at_made_at", "stream_id", "settled_at", "made_at"),
        Index("ix_signal_sets_settled_at_due_at", "settled_at", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    stream_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(10))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))


streams = table_of(SignalStream)
subjects = table_of(SignalSubject)
sets = table_of(SignalSet)
