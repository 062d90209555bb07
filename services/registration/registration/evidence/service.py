"""Use cases of evidence: try a claim or a payment, read what is verified, forget what is old."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from registration.applications.models import Application
from registration.applications.states import PENDING
from registration.evidence import delays, models
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.ways import Fact, Way, local_day
from shared.service import Context, Work


@dataclass(frozen=True)
class Verified:
    """One way by which the organization of an application was proved, and when."""

    way: Way
    verified_at: datetime


class Refusal(StrEnum):
    """Why a try led to nothing; the words are the same whatever the payer knows."""

    WRONG = "wrong"
    SPENT = "spent"
    TOO_SOON = "too_soon"


@dataclass(frozen=True)
class Refused:
    """A try that led to nothing. The door commits all the same: the try counts."""

    why: Refusal
    tries_left: int
    next_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What an applicant may still do: tries left in all, and from when this TIN may be tried again."""

    tries_left: int
    next_at: datetime | None


def may_prove(application: Application) -> bool:
    """Whether evidence means anything for an application: it waits for a decision, and there is a TIN to prove.

    Not only while the desk has it: who may open the page would learn that the TIN has no access managers.
    """
    return application.state in PENDING and bool(application.tin_index) and bool(application.account_id)


def verified_of(session: Session, application_ids: Collection[str]) -> Mapping[str, Sequence[Verified]]:
    """What is verified of some applications, oldest first; an application without evidence is left out."""
    found: dict[str, list[Verified]] = {}
    for proof in models.proofs_of(session, application_ids):
        found.setdefault(proof.application_id, []).append(Verified(Way(proof.way), proof.verified_at))
    return found


def standing(session: Session, application: Application, now: datetime) -> Standing:
    """What the applicant may still do now."""
    applicant, tin = _subjects(application)
    tries = models.tries_of(session, (applicant, tin))
    left = delays.APPLICANT_TRIES - (tries[applicant].wrong if applicant in tries else 0)
    rests = tries[tin].next_at if tin in tries else None
    return Standing(left, rests if rests and rests > now else None)


def try_fact(work: Work, hasher: EvidenceHasher, application: Application, fact: Fact) -> Refused | None:
    """Try a claim or a payment; None means verified. All its parts and the TIN are right, or it is wrong."""
    digest, today = hasher.fact(application.tin_index or "", fact), local_day(work.now)
    return attempt(work, application, fact.way, lambda: models.is_known(work.session, digest, today))


def attempt(work: Work, application: Application, way: Way, right: Callable[[], bool]) -> Refused | None:
    """Make one try, counted before it is looked at; None means verified.

    The applicant's counter is taken before the TIN's, always, so that no two transactions wait for each other.
    """
    applicant, tin = _subjects(application)
    for subject in (applicant, tin):
        models.open_counter(work.session, subject, work.now)
    if not models.take_of_applicant(work.session, applicant, work.now):
        return _refused(work, application, way, Refusal.SPENT)
    if not models.take_at_tin(work.session, tin, work.now):
        models.give_back(work.session, (applicant,))
        return _refused(work, application, way, Refusal.TOO_SOON)
    if not right():
        return _refused(work, application, way, Refusal.WRONG)
    models.give_back(work.session, (applicant, tin))
    if models.add_proof(work.session, work.ids.new("evd"), application.id, way, work.now):
        work.audit("evidence.verified", target=application.id, after={"way": way})
    return None


def forget(context: Context) -> int:
    """Delete facts that are no longer recent and counters that rest; return how many."""
    now = context.clock.now()
    with context.transaction() as work:
        old = models.forget_facts(work.session, local_day(now))
        return old + models.forget_tries(work.session, now - delays.FORGOTTEN)


def _refused(work: Work, application: Application, way: Way, why: Refusal) -> Refused:
    applicant, tin = _subjects(application)
    tries = models.tries_of(work.session, (applicant, tin))
    left = max(0, delays.APPLICANT_TRIES - tries[applicant].wrong)
    work.audit("evidence.refused", target=application.id, after={"way": way, "why": why, "tries_left": left})
    return Refused(why, left, tries[tin].next_at)


def _subjects(application: Application) -> tuple[str, str]:
    return f"account:{application.account_id}", f"tin:{application.tin_index}"
