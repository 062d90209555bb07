"""The jobs of registration's worker: announce overdue cases, clear abandoned drafts and spent codes away."""

from datetime import timedelta

from registration.applications import models as applications
from registration.applications.states import Act
from registration.contacts import models as contacts
from registration.settings import RegistrationSettings
from registration.vetting import models as vetting_models
from registration.vetting import service as vetting
from shared.service import Context, Job

_BATCH = 200
# Longer than identity lets any activation link live (30 days): an account must not open without its application.
_LINK_LIVES = timedelta(days=31)
_CODES_KEPT = timedelta(days=1)


def announce_overdue(context: Context) -> int:
    """Tell once of each case past its due date; return how many."""
    with context.reading() as session:
        overdue = vetting_models.newly_overdue(session, context.clock.now(), _BATCH)
    announced = 0
    for case_id in overdue:
        with context.transaction() as work:
            announced += vetting.announce_overdue(work, case_id)
    return announced


def clear_drafts(context: Context) -> int:
    """Delete drafts nobody came back to; one that has an account already is kept as expired. Return how many."""
    now, life = context.clock.now(), context.settings_as(RegistrationSettings).draft_life
    cleared = 0
    with context.transaction() as work:
        for draft in applications.stale_drafts(work.session, now - life, now - _LINK_LIVES, _BATCH):
            if draft.account_id is None:
                cleared += applications.delete_draft(work.session, draft.id, now - life)
            elif applications.move(work.session, draft.id, Act.EXPIRE, draft_key=None):
                work.audit("application.expired", target=draft.id)
                cleared += 1
    return cleared


def forget_codes(context: Context) -> int:
    """Delete proof rounds that ended long ago, with their codes; return how many."""
    with context.transaction() as work:
        return contacts.forget_before(work.session, work.now - _CODES_KEPT)


JOBS = (
    Job("vetting-overdue", timedelta(minutes=5), announce_overdue),
    Job("drafts-housekeeping", timedelta(hours=1), clear_drafts),
    Job("codes-housekeeping", timedelta(hours=1), forget_codes),
)
