"""The tables of terms: versions are only ever added, acceptances too."""

from datetime import datetime

from sqlalchemy import Index, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import UtcDateTime

_UNTOLD = text("told_at IS NULL")


class Terms(Base):
    """One version of the terms of use; nothing of it changes once published. `told_at`: when others learned of it."""

    __tablename__ = "terms_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_en: Mapped[str] = mapped_column(Text)
    text_es: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Acceptance(Base):
    """An account accepted a version. `told_at`: when others learned of it."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (
        Index("ix_terms_acceptances_untold", "account_id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def in_force(now: datetime) -> Select[Terms]:
    """Select the version that counts at `now`: the newest of those whose day has come."""
    return select(Terms).where(Terms.effective_at <= now).order_by(Terms.version.desc()).limit(1)
