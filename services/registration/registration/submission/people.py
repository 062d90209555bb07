"""Whether two applications are one person's, so that nobody gets a second account (capability F11).

A person is an e-mail address and a mobile number, both proved by codes. Half a match is no match: offices share
telephones and mailboxes. Ask only when both are proved: until then the answer would tell a stranger who is known here.
"""

from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.applications.models import Application
from registration.contacts.hasher import ContactHasher
from registration.tables import Base
from shared.db import UtcDateTime, changed, insert_into, table_of
from shared.service import Work


class Applicant(Base):
    """Whose draft was the first to ask for an account, until that account is open; the key is a keyed hash."""

    __tablename__ = "applicants"

    person_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def known_account(session: Session, application: Application) -> str | None:
    """The account this applicant has already, None for somebody new.

    It is known where they began signed in, and where e-mail and mobile are those of an application handed in before.
    """
    if application.applicant_account:
        return application.applicant_account
    if not _proved(application):
        return None
    same = select(Application).where(
        Application.mobile == application.mobile,
        Application.submitted_at.is_not(None),
        Application.id != application.id,
    )
    mailbox = (application.email or "").casefold()
    found = session.scalars(same.order_by(Application.submitted_at.desc()))
    return next((each.account_id for each in found if (each.email or "").casefold() == mailbox), None)


def reference_of(work: Work, hasher: ContactHasher, application: Application) -> str:
    """Under which name identity makes this person's account: the first of their drafts that asked, of any number.

    Ask before `known_account`: what lets go of a name is the same transaction that makes the account known.
    """
    table, key = table_of(Applicant), _key(hasher, application)
    claim = insert_into(work.session, table).on_conflict_do_nothing()
    work.session.execute(claim, {"person_key": key, "reference": application.id, "claimed_at": work.now})
    held = work.session.scalar(select(Applicant.reference).where(Applicant.person_key == key))
    return held or application.id


def let_go(work: Work, application: Application) -> None:
    """From here on the account is known by an application that was handed in."""
    key = _key(work.context.part(ContactHasher), application)
    work.session.execute(delete(Applicant).where(Applicant.person_key == key))


def forget_before(session: Session, instant: datetime) -> int:
    """Delete the names of accounts that nobody opened; return how many."""
    return changed(session.execute(delete(Applicant).where(Applicant.claimed_at < instant)))


def _proved(application: Application) -> bool:
    return bool(application.email_proved_at and application.mobile_proved_at)


def _key(hasher: ContactHasher, application: Application) -> str:
    return hasher.person(application.email or "", application.mobile or "")
