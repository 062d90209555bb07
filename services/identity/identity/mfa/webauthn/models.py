"""The table of passkeys and the guarded statements that use one and stop one."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Update, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class Passkey(Base):
    """A passkey of one account. `public_key` is COSE; `sign_count` the highest the authenticator ever told us.

    `disabled_at`: a copy of it was seen; it stays listed, so that its owner sees why it does not work.
    """

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    backup_eligible: Mapped[bool]
    backed_up: Mapped[bool]
    transports: Mapped[list[str]] = mapped_column(JsonColumn)
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def use(passkey_id: str, told: int, *, backed_up: bool, now: datetime) -> Update:
    """An UPDATE that only a counter which grew wins, or one that was never used: of two equal answers one (§6.1.1)."""
    grew = or_(Passkey.sign_count < told, (Passkey.sign_count == 0) & (told == 0))
    mine = update(Passkey).where(Passkey.id == passkey_id, Passkey.disabled_at.is_(None), grew)
    return mine.values(sign_count=told, backed_up=backed_up, used_at=now)


def stop(passkey_id: str, now: datetime) -> Update:
    """An UPDATE that disables a working passkey, once."""
    working = (Passkey.id == passkey_id) & Passkey.disabled_at.is_(None)
    return update(Passkey).where(working).values(disabled_at=now)
