"""The tables of second factors and the guarded statements that make each code good once.

Passkeys have a table of their own, in `mfa.webauthn`.
"""

from datetime import datetime

from sqlalchemy import String, Update, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.mfa.totp import newest_step
from identity.tables import Base
from shared.db import SealedHash, SealedText, UtcDateTime
from shared.sealed import Sealed


class Authenticator(Base):
    """A second factor of one account: an app, or codes to a contact.

    `secret` is encrypted, and empty where codes are sent; `last_step` is the newest app code's step ever accepted;
    `failures` counts wrong codes in a row; `contact_id` is where codes are sent.
    """

    __tablename__ = "authenticators"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(SealedText(500))
    last_step: Mapped[int | None]
    failures: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    name: Mapped[str | None] = mapped_column(String(60))
    contact_id: Mapped[str | None] = mapped_column(String(40))


class RecoveryCode(Base):
    """One recovery code of an account's set; the codes of a set share their salt."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    salt: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(SealedHash(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FactorHold(Base):
    """All factors of the account were removed for it at `since`; what is bound after that is held until the instant."""

    __tablename__ = "factor_holds"

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    holds_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(60))


def use_step(authenticator_id: str, step: int, now: datetime) -> Update:
    """An UPDATE that only a newer step than the last one wins: of twenty rivals with one code, one (threat 29).

    A last step that no code of today can have was used before the clock was set back; it does not count.
    """
    unused = (Authenticator.id == authenticator_id) & or_(
        Authenticator.last_step.is_(None), Authenticator.last_step < step, Authenticator.last_step > newest_step(now)
    )
    return update(Authenticator).where(unused).values(last_step=step, failures=0, used_at=now)


def note_use(authenticator_id: str, now: datetime) -> Update:
    """An UPDATE that notes a proved code that was sent."""
    return update(Authenticator).where(Authenticator.id == authenticator_id).values(failures=0, used_at=now)


def note_failure(account_id: str, kind: str) -> Update:
    """An UPDATE that counts a wrong code against every factor it could have been of."""
    mine = (Authenticator.account_id == account_id) & (Authenticator.kind == kind)
    return update(Authenticator).where(mine).values(failures=Authenticator.failures + 1)


def use_recovery_code(account_id: str, code_hash: Sealed, now: datetime) -> Update:
    """An UPDATE that uses a recovery code; of many rivals with one code, one wins (threat 30)."""
    unused = (RecoveryCode.account_id == account_id) & RecoveryCode.used_at.is_(None)
    return update(RecoveryCode).where(unused, RecoveryCode.code_hash == code_hash).values(used_at=now)
