"""The table of authenticators and the guarded statement that makes each code good once."""

from datetime import datetime

from sqlalchemy import String, Update, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.mfa.totp import newest_step
from identity.tables import Base
from shared.db import UtcDateTime


class Authenticator(Base):
    """A second factor of one account. `secret` is encrypted; `last_step` is the newest code's step ever accepted."""

    __tablename__ = "authenticators"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(String(500))
    last_step: Mapped[int | None]
    failures: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def use_step(authenticator_id: str, step: int, now: datetime) -> Update:
    """An UPDATE that only a newer step than the last one wins: of twenty rivals with one code, one (threat 29).

    A last step that no code of today can have was used before the clock was set back; it does not count.
    """
    unused = (Authenticator.id == authenticator_id) & or_(
        Authenticator.last_step.is_(None), Authenticator.last_step < step, Authenticator.last_step > newest_step(now)
    )
    return update(Authenticator).where(unused).values(last_step=step, failures=0, used_at=now)
