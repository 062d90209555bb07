"""One row for each organization whose managers anybody told of, with the guarded statements that keep it in order."""

from collections.abc import Sequence

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from registration.vetting.dormant.rules import Known
from shared.db import JsonColumn, claimed, insert_into, table_of


class ManagerNews(Base):
    """What access-manager told of an organization's managers: account ids only, the newest news of each kind."""

    __tablename__ = "manager_news"

    organization_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    managers_sequence: Mapped[int] = mapped_column(default=0)
    managers: Mapped[list[str]] = mapped_column(JsonColumn)
    dormancy_sequence: Mapped[int] = mapped_column(default=0)
    dormant_account: Mapped[str | None] = mapped_column(String(64))


def note_managers(session: Session, organization_id: str, sequence: int, managers: Sequence[str]) -> bool:
    """Take who manages an organization, unless newer news are known; return whether it was taken."""
    _ensure(session, organization_id)
    newer = update(ManagerNews).where(
        ManagerNews.organization_id == organization_id, ManagerNews.managers_sequence < sequence
    )
    values = newer.values(managers_sequence=sequence, managers=list(managers))
    return claimed(session.execute(values.execution_options(synchronize_session=False)))


def note_dormancy(session: Session, organization_id: str, sequence: int, account_id: str | None) -> bool:
    """Take which manager stays away, None for one who is back, unless newer news are known; return as above.

    Whoever took something holds the row until the transaction ends: of rivals the second sees what the first did.
    """
    _ensure(session, organization_id)
    newer = update(ManagerNews).where(
        ManagerNews.organization_id == organization_id, ManagerNews.dormancy_sequence < sequence
    )
    values = newer.values(dormancy_sequence=sequence, dormant_account=account_id)
    return claimed(session.execute(values.execution_options(synchronize_session=False)))


def known(session: Session, organization_id: str) -> Known:
    """What is known of an organization now; it was noted before."""
    row = session.get_one(ManagerNews, organization_id, populate_existing=True)
    return Known(row.managers, row.managers_sequence, row.dormant_account, row.dormancy_sequence)


def _ensure(session: Session, organization_id: str) -> None:
    fresh = insert_into(session, table_of(ManagerNews)).on_conflict_do_nothing()
    blank = {"organization_id": organization_id, "managers": []}
    session.execute(fresh, {**blank, "managers_sequence": 0, "dormancy_sequence": 0})
