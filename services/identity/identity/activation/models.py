"""The table of activation links and the guarded statement that makes each good once."""

from datetime import datetime

from sqlalchemy import String, Update, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import UtcDateTime


class ActivationLink(Base):
    """A link that lets one person take their account; only the hash of its secret is kept."""

    __tablename__ = "activation_links"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    return_url: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def use(link_id: str, now: datetime) -> Update:
    """An UPDATE that only the first of many rivals wins, and only in time."""
    usable = (ActivationLink.id == link_id) & ActivationLink.used_at.is_(None) & (ActivationLink.expires_at > now)
    return update(ActivationLink).where(usable).values(used_at=now)
