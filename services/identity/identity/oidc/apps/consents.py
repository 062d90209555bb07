"""What people allow apps of others: given on the page of consent, used at every sign-in, withdrawn at any time.

ASVS 10.7.1 to 10.7.3.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session as DatabaseSession

from identity.oidc.apps.models import consents
from shared.db import claimed, insert_into
from shared.service import Work

_A_MOMENT = timedelta(minutes=1)  # from the yes to the redirect that uses it


@dataclass(frozen=True)
class Consent:
    """What a person allows an app, when they said so last, and when a sign-in rested on that last."""

    client_id: str
    topics: frozenset[str]
    given_at: datetime
    used_at: datetime | None

    def is_just_given(self, now: datetime) -> bool:
        """Return whether the person has said yes a moment ago, and no sign-in has used that yes up."""
        return self.used_at is None and now - self.given_at <= _A_MOMENT


def find(session: DatabaseSession, account_id: str, client_id: str) -> Consent | None:
    """Return what the person allows the app, or None."""
    row = session.execute(select(consents).where(_one(account_id, client_id))).one_or_none()
    return _consent(row) if row else None


def of_person(session: DatabaseSession, account_id: str) -> list[Consent]:
    """Return all that the person allows."""
    return [_consent(row) for row in session.execute(select(consents).where(consents.c.account_id == account_id))]


def give(work: Work, account_id: str, client_id: str, topics: Collection[str]) -> None:
    """Remember a yes: to what was asked now, and to what was allowed before."""
    known = find(work.session, account_id, client_id)
    allowed = sorted({*topics, *(known.topics if known else ())})
    row = {"account_id": account_id, "client_id": client_id, "topics": allowed, "given_at": work.now, "used_at": None}
    keys = [consents.c.account_id, consents.c.client_id]
    written = insert_into(work.session, consents).values(row)
    # Two windows may say yes at once; the later yes is as good as the first.
    anew = {"topics": allowed, "given_at": work.now, "used_at": None}
    again = written.on_conflict_do_update(index_elements=keys, set_=anew)
    work.session.execute(again)
    work.audit("app.allowed", target=account_id, after={"client_id": client_id, "topics": allowed})


def use(work: Work, account_id: str, client_id: str, *, once: bool = False) -> bool:
    """Note that a sign-in rests on the consent; False where it was withdrawn meanwhile, or with `once` used before.

    The row is held until the grant is written, so that whoever withdraws at this instant finds that grant, too.
    """
    held = update(consents).where(_one(account_id, client_id))
    held = held.where(consents.c.used_at.is_(None)) if once else held
    return claimed(work.session.execute(held.values(used_at=work.now)))


def withdraw(work: Work, account_id: str, client_id: str) -> bool:
    """Forget what the person allowed the app; False where there was nothing."""
    return claimed(work.session.execute(delete(consents).where(_one(account_id, client_id))))


def _one(account_id: str, client_id: str) -> ColumnElement[bool]:
    return and_(consents.c.account_id == account_id, consents.c.client_id == client_id)


def _consent(row: Any) -> Consent:
    return Consent(row.client_id, frozenset(row.topics), row.given_at, row.used_at)
