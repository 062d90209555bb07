"""Which terms somebody still has to accept, accepting them, and publishing new ones."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.terms import telling
from identity.terms.models import Acceptance, Terms, in_force
from shared.service import Work

# The payer's own people work under their contract of employment; they are not asked to agree to terms of use.
_EXEMPT = frozenset({"staff"})


@dataclass(frozen=True)
class TermsVersion:
    """One version of the terms; `effective_at` (aware UTC) is when it begins to count."""

    version: int
    text_en: str
    text_es: str
    effective_at: datetime

    def text(self, language: str) -> str:
        """Return the text in the language, English where there is no other."""
        return self.text_es if language == "es" else self.text_en

    def paragraphs(self, language: str) -> list[str]:
        """Return the text in the language, cut at its empty lines."""
        return [part.strip() for part in self.text(language).split("\n\n") if part.strip()]


def due(session: Session, account_id: str, population: str, now: datetime) -> TermsVersion | None:
    """Return the version that the account has yet to accept at `now`, or None.

    Only the newest version in force counts: whoever skipped one is asked once, for the one that holds.
    """
    if population in _EXEMPT:
        return None
    found = session.scalars(in_force(now)).one_or_none()
    if found is None or session.get(Acceptance, (account_id, found.version)) is not None:
        return None
    return _view(found)


def accept(work: Work, account_id: str, version: int) -> bool:
    """Remember that the account accepted the version; False where it is not the one in force. Once is enough."""
    found = work.session.scalars(in_force(work.now)).one_or_none()
    if found is None or found.version != version:
        return False
    if work.session.get(Acceptance, (account_id, version)) is not None:
        return True
    row = Acceptance(account_id=account_id, version=version, accepted_at=work.now, told_at=work.now)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:  # pressed twice at once: the other one is written
        return True
    telling.accepted(work, row)
    work.audit("terms.accepted", target=account_id, after={"version": version})
    return True


def publish(work: Work, text_en: str, text_es: str, effective_at: datetime) -> TermsVersion:
    """Add the next version, in force from `effective_at` on. Raises ValueError for an empty text.

    Two at once: the second fails on the key and is published again by its operator.
    """
    if not text_en.strip() or not text_es.strip():
        raise ValueError("the terms need a text in English and in Spanish")
    version = (work.session.scalar(select(func.max(Terms.version))) or 0) + 1
    row = Terms(
        version=version,
        text_en=_written(text_en),
        text_es=_written(text_es),
        published_at=work.now,
        effective_at=effective_at,
    )
    work.session.add(row)
    telling.published(work, row)
    work.session.flush()
    work.audit("terms.published", target=f"terms-{version}", after={"effective_at": effective_at.isoformat()})
    return _view(row)


def versions(session: Session) -> list[TermsVersion]:
    """Return every version, the newest first."""
    return [_view(row) for row in session.scalars(select(Terms).order_by(Terms.version.desc()))]


def accepted(session: Session, account_id: str) -> list[tuple[int, datetime]]:
    """Return (version, instant) of everything the account accepted, the newest first."""
    mine = select(Acceptance).where(Acceptance.account_id == account_id).order_by(Acceptance.version.desc())
    return [(row.version, row.accepted_at) for row in session.scalars(mine)]


def _written(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _view(row: Terms) -> TermsVersion:
    return TermsVersion(row.version, row.text_en, row.text_es, row.effective_at)
