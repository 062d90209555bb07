"""Finding an account by what a person can say on the phone: user ID, e-mail address, mobile, support code, id."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.accounts.models import Account
from identity.contacts import service as contacts

MOST = 20  # rows of one answer; more means that the question was too wide


@dataclass(frozen=True)
class Found:
    """One account in an answer; no address in full."""

    account_id: str
    user_id: str | None
    display_name: str
    population: str
    status: str


def find(session: Session, text: str, now: datetime) -> list[Found]:
    """Return the accounts that `text` names, at most `MOST`; nothing for nothing.

    A user ID is found in every spelling that a person could take for it, because people read names out.
    """
    wanted = text.strip()
    if not wanted:
        return []
    ids = dict.fromkeys(_ids(session, wanted, now))
    rows = session.scalars(select(Account).where(Account.id.in_(list(ids)[:MOST])).order_by(Account.display_name))
    return [Found(row.id, row.user_id, row.display_name, row.population, row.status) for row in rows]


def named(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the accounts among `ids`, by id."""
    rows = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(set(ids))))
    return {row.id: row.display_name for row in rows}


def _ids(session: Session, wanted: str, now: datetime) -> Iterable[str]:
    digits = "".join(wanted.split()).replace("-", "")
    held = accounts.by_support_code(session, digits) if digits.isdecimal() else None
    if held is not None:
        yield held.id
    same = (Account.id == wanted) | (Account.user_id_canonical == canonical(wanted))
    yield from session.scalars(select(Account.id).where(same | (Account.email_key == wanted.casefold())).limit(MOST))
    yield from contacts.accounts_at(session, wanted, now)
