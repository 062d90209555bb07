"""The table of passwords: the hash, when it was chosen, and failures in a row."""

from datetime import datetime

from sqlalchemy import String, bindparam, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import UtcDateTime, table_of


class Password(Base):
    """The password of one account. `failures` counts wrong ones since the last right one."""

    __tablename__ = "passwords"

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int]


PASSWORDS = table_of(Password)
# What a sign-in writes, so built once. Takes `whose`, `old` (the hash that was checked), and the columns to set.
FITTED = update(PASSWORDS).where(PASSWORDS.c.account_id == bindparam("whose"), PASSWORDS.c.hash == bindparam("old"))
