"""One row per membership of somebody who has stopped signing in."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import UtcDateTime


class Dormancy(Base):
    """`warned_at`: when the person was told that `suspend_at` comes. `suspended_at`: when it came, until it is lifted.

    `exempted_at`: suspending would have left the organization without a manager, so the desk was told instead.
    """

    __tablename__ = "dormancies"

    membership_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(String(64), index=True)
    account_id: Mapped[str] = mapped_column(String(64))
    warned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suspend_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
