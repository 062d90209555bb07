"""The jobs of registration's worker.

Pass on requests that were handed in; give those whose managers stay silent to the desk, and those at the desk that have
managers to these; announce overdue cases; clear abandoned drafts and spent codes away.
"""

from datetime import timedelta

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

_BATCH = 200
# Longer than identity lets any activation link live (30 days): an account must not open without its application.
_LINK_LIVES = timedelta(days=31)
_CODES_KEPT = timedelta(days=1)


def announce_overdue(context: Context) -> int:
    """Tell once of each case past its due date, its applicant too; return how many."""
    with context.reading() as session:
        overdue = vetting_models.newly_overdue(session, context.clock.now(), _BATCH)
    announced = 0
    for case_id in overdue:
        with context.transaction() as work:
            announced += _overdue(work, case_id)
    return announced


def escalate_silent(context: Context) -> int:
    """Give the desk each request whose managers let the due date pass; return how many."""
    with context.reading() as session:
        unanswered = escalation.unanswered(session, context.clock.now(), _BATCH)
    escalated = 0
    for application_id in unanswered:
        with context.transaction() as work:
            escalated += escalation.escalate(work, application_id)
    return escalated


def route_waiting(context: Context) -> int:
    """Pass each request on that was handed in and that the answering process could not; return how many."""
    with context.reading() as session:
        waiting = applications.unrouted(session, _BATCH)
    routed = 0
    for application_id in waiting:
        with context.transaction() as work:
            routed += submission.route(work, application_id)
    return routed


def follow_managers(context: Context) -> int:
    """Give the managers each request that went to the desk while the news of them travelled; return how many."""
    with context.reading() as session:
        answerable = escalation.answerable(session, _BATCH)
    handed_on = 0
    for application_id in answerable:
        with context.transaction() as work:
            handed_on += escalation.follow_crossed(work, application_id)
    return handed_on


def clear_drafts(context: Context) -> int:
    """Delete drafts nobody came back to; one that has an account already is kept as expired. Return how many."""
    now, life = context.clock.now(), context.settings_as(RegistrationSettings).draft_life
    cleared = 0
    with context.transaction() as work:
        for draft in applications.stale_drafts(work.session, now - life, now - _LINK_LIVES, _BATCH):
            if draft.account_id is None:
                cleared += applications.delete_draft(work.session, draft.id, now - life)
            else:
                cleared += _expire(work, draft.id)
        people.forget_before(work.session, now - _LINK_LIVES)
    return cleared


def forget_codes(context: Context) -> int:
    """Delete proof rounds that ended long ago, with their codes; return how many."""
    with context.transaction() as work:
        return contacts.forget_before(work.session, work.now - _CODES_KEPT)


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
