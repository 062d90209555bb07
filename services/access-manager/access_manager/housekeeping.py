"""The jobs of access-manager's worker: announce and tidy. None of them ends access: decisions compare instants.

What is over is kept for six years (45 CFR 164.316(b)(2)(i)) and then deleted, a batch at a time; `KEPT_AS_LONG_AS`
says of every other table why it does not grow without end.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from access_manager.adding import service as adding
from access_manager.approvals.flow import State as Asked
from access_manager.approvals.models import Approval, EndedApplication
from access_manager.dormancy import looking
from access_manager.emergencies.models import Emergency
from access_manager.inbox import digests
from access_manager.invitations import service as invitations
from access_manager.invitations.joining import answering
from access_manager.memberships import ends
from access_manager.memberships.models import Deputy
from access_manager.proposals.models import Proposal
from access_manager.requests.flow import State as Request
from access_manager.requests.models import AccessRequest
from access_manager.reviews import lapsing
from access_manager.reviews.retention import DOCUMENTS_KEPT
from access_manager.tables import Base
from access_manager.third_parties.models import Link
from access_manager.third_parties.models import State as Linked
from shared.db import changed
from shared.service import Context, Job

_BATCH = 500
KEPT_AS_LONG_AS = {
    "organizations": "one row for each there is",
    "memberships": "one row for each person in each organization, its version goes on where somebody comes back",
    "people": "one row for each account there is",
    "opening_hours": "one row",
    "terms_versions": "one row for each version of the terms, a handful in many years",
    "emergency_policies": "one row for each organization",
    "connect_codes": "one row for each organization",
    "review_schedules": "one row for each organization",
    "dormancies": "one row for each membership that sleeps; dormancy.looking.forget",
    "reviews": "reviews.lapsing.forget",
    "review_items": "goes with its review",
    "batches": "adding.service.forget",
    "invitations": "invitations.service.forget",
    "invitation_links": "goes with its invitation",
}


def over_before(limit: datetime) -> tuple[tuple[type[Base], ColumnElement[bool]], ...]:
    """Return each table of things that come to an end, and which of its rows were over before an instant."""
    decided = func.coalesce(AccessRequest.decided_at, AccessRequest.asked_at)
    ended = func.coalesce(Link.ended_at, Link.answered_at, Link.asked_at)
    running = (Linked.PROPOSED.value, Linked.ACTIVE.value)
    return (
        (Approval, (Approval.state != Asked.OPEN.value) & (Approval.submitted_at < limit)),
        (EndedApplication, EndedApplication.ended_at < limit),
        (AccessRequest, (AccessRequest.state != Request.OPEN.value) & (decided < limit)),
        (Proposal, Proposal.expires_at < limit),
        (Deputy, Deputy.ends_at < limit),
        (Emergency, Emergency.reviewed_at < limit),
        (Link, Link.state.not_in(running) & (ended < limit)),
    )


def forget_documents(context: Context) -> int:
    """Delete up to 500 rows of each table that were over six years ago; return how many."""
    forgotten = 0
    for table, over in over_before(context.clock.now() - DOCUMENTS_KEPT):
        key = table.__mapper__.primary_key[0]
        with context.transaction() as work:
            old = select(key).where(over).limit(_BATCH)
            gone = delete(table).where(key.in_(old)).execution_options(synchronize_session=False)
            forgotten += changed(work.session.execute(gone))
    return forgotten


JOBS = (
    # A person waits for this letter.
    Job("invitation-answers", timedelta(0), answering.answer, answering.anything),
    Job("membership-ends", timedelta(minutes=1), ends.tell),
    Job("request-digests", timedelta(minutes=15), digests.send),
    Job("invitations-housekeeping", timedelta(hours=1), invitations.forget),
    Job("batches-housekeeping", timedelta(hours=1), adding.forget),
    Job("access-reviews", timedelta(minutes=5), lapsing.work_on_reviews),
    Job("reviews-housekeeping", timedelta(hours=1), lapsing.forget),
    Job("dormancy", timedelta(minutes=5), looking.look),
    Job("dormancy-housekeeping", timedelta(hours=1), looking.forget),
    Job("documents-housekeeping", timedelta(hours=1), forget_documents),
)
