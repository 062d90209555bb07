"""The jobs of registration's worker.

Pass on requests that were handed in; give those whose managers stay silent to the desk, and those at the desk that have
managers to these; announce overdue cases; clear abandoned drafts and spent codes away.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from registration.applications import models as applications
from registration.applications.letters import tell_late
from registration.applications.models import Application
from registration.applications.organizations import models as organizations
from registration.applications.states import Act
from registration.contacts import models as contacts
from registration.evidence import service as evidence
from registration.evidence.letters import service as letters
from registration.settings import RegistrationSettings
from registration.submission import escalation, people
from registration.submission import service as submission
from registration.vetting import models as vetting_models
from registration.vetting import service as vetting
from registration.vetting.models import VettingCase
from shared.service import Context, Job, Work

_log = structlog.get_logger("jobs")
_BATCH = 200
# Longer than identity lets any activation link live (30 days): an account must not open without its application.
_LINK_LIVES = timedelta(days=31)
_CODES_KEPT = timedelta(days=1)


def announce_overdue(context: Context) -> int:
    """Tell once of each case past its due date, its applicant too; return how many."""
    with context.reading() as session:
        overdue = vetting_models.newly_overdue(session, context.clock.now(), _BATCH)
    return _each(context, overdue, _overdue)


def escalate_silent(context: Context) -> int:
    """Give the desk each request whose managers let the due date pass; return how many."""
    with context.reading() as session:
        unanswered = escalation.unanswered(session, context.clock.now(), _BATCH)
    return _each(context, unanswered, escalation.escalate)


def route_waiting(context: Context) -> int:
    """Pass each request on that was handed in and that the answering process could not; return how many."""
    with context.reading() as session:
        waiting = applications.unrouted(session, _BATCH)
    return _each(context, waiting, submission.route)


def follow_managers(context: Context) -> int:
    """Give the managers each request that went to the desk while the news of them travelled; return how many."""
    with context.reading() as session:
        answerable = escalation.answerable(session, _BATCH)
    return _each(context, answerable, escalation.follow_crossed)


def clear_drafts(context: Context) -> int:
    """Delete drafts nobody came back to; one that has an account already is kept as expired. Return how many."""
    now = context.clock.now()
    rested, cleared, done = now - context.settings_as(RegistrationSettings).draft_life, 0, 1
    while done:  # however many a day leaves behind, none is kept longer than was said
        with context.reading() as session:
            stale = applications.stale_drafts(session, rested, now - _LINK_LIVES, _BATCH)
        done = _each(context, stale, lambda work, draft_id: _clear(work, draft_id, rested))
        cleared += done
    with context.transaction() as work:
        people.forget_before(work.session, now - _LINK_LIVES)
    return cleared


def forget_codes(context: Context) -> int:
    """Delete proof rounds that ended long ago, with their codes; return how many."""
    with context.transaction() as work:
        return contacts.forget_before(work.session, work.now - _CODES_KEPT)


def _each(context: Context, waiting: Sequence[str], act: Callable[[Work, str], bool]) -> int:
    """Act on each, in a transaction of its own; return how many moved. One that fails is logged, the others go on."""
    moved = 0
    for identifier in waiting:
        try:
            with context.transaction() as work:
                moved += act(work, identifier)
        except Exception:  # noqa: BLE001 - logged with its trace
            _log.exception("one of many failed", item=identifier)
    return moved


def _clear(work: Work, draft_id: str, rested: datetime) -> bool:
    draft = applications.fresh(work.session, draft_id)
    if draft is not None and draft.account_id is None:
        return applications.delete_draft(work.session, draft_id, rested)
    return _expire(work, draft_id)


def _overdue(work: Work, case_id: str) -> bool:
    if not vetting.announce_overdue(work, case_id):
        return False
    case = work.session.get(VettingCase, case_id)
    application = work.session.get(Application, case.application_id) if case and case.application_id else None
    if application is not None:
        tell_late(work, application)
    return True


def _expire(work: Work, application_id: str) -> bool:
    if not applications.move(work.session, application_id, Act.EXPIRE, draft_key=None):
        return False
    organizations.clear(work.session, application_id)
    work.audit("application.expired", target=application_id)
    expired = applications.fresh(work.session, application_id)
    if expired is not None:
        work.publish(
            "application.expired",
            subject=application_id,
            sequence=expired.version,
            data={"application_id": application_id, "account_id": expired.account_id, "expired_at": work.now},
        )
    return True


JOBS = (
    Job("requests-route", timedelta(minutes=1), route_waiting),
    Job("managers-silent", timedelta(minutes=5), escalate_silent),
    Job("managers-follow", timedelta(minutes=5), follow_managers),
    Job("vetting-overdue", timedelta(minutes=5), announce_overdue),
    Job("drafts-housekeeping", timedelta(hours=1), clear_drafts),
    Job("codes-housekeeping", timedelta(hours=1), forget_codes),
    Job("evidence-housekeeping", timedelta(hours=1), evidence.forget),
    Job("letters-housekeeping", timedelta(hours=1), letters.let_go),
)
