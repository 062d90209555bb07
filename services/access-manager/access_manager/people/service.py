"""Use cases of people: learn who somebody is, take a newer state of their account, and name them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from access_manager.people.models import PEOPLE, Person, TermsVersion
from shared.db import claimed, insert_into
from shared.service import Work


def learn(work: Work, account_id: str, display_name: str, email: str) -> Person:
    """Keep name and address as registration proved them; the state of the account stays as identity told it.

    An address that identity told since is newer than any application's.
    """
    person = _row(work.session, account_id)
    person.display_name = display_name or person.display_name
    if not person.contact_sequence:
        person.email = email or person.email
    return person


def take_state(
    work: Work, account_id: str, sequence: int, *, status: str, population: str | None, locked_until: datetime | None
) -> bool:
    """Take a state of the account unless a newer one is known; return whether it was taken."""
    values: dict[str, object] = {"status": status, "locked_until": locked_until, "sequence": sequence}
    if population:
        values["population"] = population
    return _take(work, account_id, PEOPLE.c.sequence < sequence, values)


def take_contact(work: Work, account_id: str, sequence: int, email: str) -> bool:
    """Take the main e-mail address of an account unless a newer one is known; return whether it was taken."""
    values = {"email": email, "contact_sequence": sequence}
    return _take(work, account_id, PEOPLE.c.contact_sequence < sequence, values)


def take_seen(work: Work, account_id: str, at: datetime) -> bool:
    """Note that the person signed in at `at` unless a later sign-in is known; return whether it was taken."""
    earlier = or_(PEOPLE.c.last_seen_at.is_(None), PEOPLE.c.last_seen_at < at)
    return _take(work, account_id, earlier, {"last_seen_at": at})


def take_accepted(work: Work, account_id: str, version: int) -> bool:
    """Note that the person accepted a version of the terms unless they accepted a higher one; was it taken?"""
    return _take(work, account_id, PEOPLE.c.terms_version < version, {"terms_version": version})


def take_terms(work: Work, version: int, effective_at: datetime) -> None:
    """Note a version of the terms; what is known of one never changes."""
    fresh = insert_into(work.session, TermsVersion).values(version=version, effective_at=effective_at)
    work.session.execute(fresh.on_conflict_do_nothing())


def names(session: Session, account_ids: Collection[str]) -> dict[str, Person]:
    """Return the known people among `account_ids`, by account."""
    wanted = select(Person).where(Person.account_id.in_(set(account_ids)))
    return {person.account_id: person for person in session.scalars(wanted)}


def name_of(session: Session, actor_id: str | None) -> str:
    """Return the display name of whoever acted; empty where it was not a person we know."""
    person = session.get(Person, actor_id) if actor_id else None
    return person.display_name if person is not None else ""


def _take(work: Work, account_id: str, older: ColumnElement[bool], values: dict[str, object]) -> bool:
    """Write what identity tells of somebody where what is known is `older`, or nothing; return whether it was written.

    One statement, as somebody is told of at every sign-in: of two who hear of a person at once, each finds the other's.
    """
    told = insert_into(work.session, PEOPLE).values(account_id=account_id, **values)
    newest = told.on_conflict_do_update(index_elements=[PEOPLE.c.account_id], set_=values, where=older)
    work.session.flush()
    return claimed(work.session.execute(newest))


def _row(session: Session, account_id: str) -> Person:
    """Return the row of somebody, made where there is none; of two who hear of a person at once, one makes it."""
    person = session.get(Person, account_id)
    if person is not None:
        return person
    blank = {"display_name": "", "email": "", "population": None, "status": "unknown"}
    fresh = insert_into(session, Person).values(account_id=account_id, **blank, sequence=0, contact_sequence=0)
    session.execute(fresh.on_conflict_do_nothing())
    return session.get_one(Person, account_id)
