"""Only managers who sign in again after the desk was told of them: the desk is told that too."""

from datetime import datetime

from sqlalchemy import select

from access_manager.dormancy.models import Dormancy
from access_manager.organizations import service as organizations
from access_manager.people.models import Person
from shared.service import Context, Work

_BATCH = 200


def tell(context: Context) -> int:
    """Tell of those who have signed in since they were warned, a bounded number at a time; return how many.

    The sign-in may be older than the news of it, so it is compared with the warning and not with the look that
    exempted them: nobody is exempted who signed in after a warning that this service knew of.
    """
    back = (
        select(Dormancy.membership_id)
        .join(Person, Person.account_id == Dormancy.account_id)
        .where(Dormancy.exempted_at.is_not(None), Person.last_seen_at > Dormancy.warned_at)
        .limit(_BATCH)
    )
    with context.reading() as session:
        waiting = list(session.scalars(back))
    for membership_id in waiting:
        with context.transaction() as work:
            _tell(work, membership_id)
    return len(waiting)


def _tell(work: Work, membership_id: str) -> None:
    known = work.session.get(Dormancy, membership_id)
    if known is None:
        return
    organization = organizations.hold(work, known.organization_id)
    mark = work.session.get(Dormancy, membership_id, populate_existing=True)
    person = work.session.get(Person, known.account_id)
    seen_at: datetime | None = person.last_seen_at if person else None
    if mark is None or mark.exempted_at is None or seen_at is None:
        return
    mark.exempted_at = None
    organization.version += 1
    data = {"organization_id": organization.id, "account_id": mark.account_id, "seen_at": seen_at}
    work.publish("manager.returned", subject=organization.id, sequence=organization.version, data=data)
