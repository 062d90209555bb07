"""The ends of memberships that time brings, told once each to whoever follows events.

Decisions and tokens compare instants, so nothing here ends access. But whoever was told what a person may do (portals,
receivers of shared signals) is owed the news that it is over; it comes within the interval of this job.
"""

from sqlalchemy import select

from access_manager.memberships import news
from access_manager.memberships.models import UNTOLD, Membership, unchanged
from access_manager.organizations import service as organizations
from shared.db import claimed
from shared.service import Context

_BATCH = 200


def tell(context: Context) -> int:
    """Publish each membership whose end has passed since it last changed, as it stands; return how many there were.

    Telling is a change of the row, so each is told once. No entry in the audit: who set the end is in there.
    """
    told = 0
    while batch := _waiting(context):
        told += sum(_tell(context, membership_id) for membership_id in batch)
    return told


def _waiting(context: Context) -> list[str]:
    over = select(Membership.id).where(UNTOLD, Membership.ends_at <= context.clock.now())
    with context.reading() as session:
        return list(session.scalars(over.order_by(Membership.ends_at, Membership.id).limit(_BATCH)))


def _tell(context: Context, membership_id: str) -> bool:
    with context.transaction() as work:
        found = work.session.get_one(Membership, membership_id)
        organization = organizations.hold(work, found.organization_id)
        work.session.refresh(found)
        over = unchanged(found).where(UNTOLD, Membership.ends_at <= work.now)
        if not claimed(work.session.execute(over.values(version=found.version + 1, changed_at=work.now))):
            return False  # a manager was quicker: that change was told
        work.session.refresh(found)
        news.publish(work, organization, found, "membership.changed")
        return True
