"""The one way a membership row changes: a guarded UPDATE, the event, the audit entry, and what follows from it.

Who leaves a company, or stays only until a day, works no longer than that through it for others (G12). That follows
here, in the same transaction and wherever the change came from, so that no door can forget it.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.memberships import news
from access_manager.memberships.models import ACTIVE, MEMBER, REMOVED, Membership, unchanged
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from shared.db import claimed
from shared.errors import precondition_failed
from shared.service import Work

CHANGED_MEANWHILE = "Somebody changed this person’s access meanwhile. Look at it again, then decide."
LEFT_COMPANY = "left_company"


def change(
    work: Work,
    organization: Organization,
    found: Membership,
    event: str,
    values: dict[str, object],
    reason: str | None = None,
) -> Membership:
    """Write `values` unless somebody else wrote since the row was read (412), tell it, and let linked rows follow."""
    before = news.held(found)
    values = {**values, "version": found.version + 1, "changed_at": work.now}
    if not claimed(work.session.execute(unchanged(found).values(values))):
        raise precondition_failed(CHANGED_MEANWHILE)
    work.session.refresh(found)
    news.tell(work, organization, found, event, before, reason)
    _let_linked_follow(work, found)
    return found


def end_linked(work: Work, found: Membership, reason: str) -> Membership:
    """End a membership that came through a link; the row keeps the link's id, so that both sides can look it up."""
    gone: dict[str, object] = {"status": REMOVED, "role": MEMBER, "functions": [], "function_ends": {}}
    organization = organizations.find(work.session, found.organization_id)
    return change(work, organization, found, "membership.removed", {**gone, "ends_at": work.now}, reason)


def linked(session: Session, *, link_id: str) -> Sequence[Membership]:
    """Return who works through a link, their rows locked until the transaction ends, always in the same order."""
    return _locked(session, Membership.link_id == link_id)


def _let_linked_follow(work: Work, found: Membership) -> None:
    # Not the provider's organization is locked but the rows: no count depends on them, and to take a second
    # organization here would let two companies that work for each other wait for each other.
    of_person = _locked(
        work.session,
        (Membership.account_id == found.account_id) & (Membership.via_organization_id == found.organization_id),
    )
    for each in of_person:
        if found.status != ACTIVE or found.link_id is not None:
            end_linked(work, each, LEFT_COMPANY)
        elif found.ends_at is not None and (each.ends_at is None or each.ends_at > found.ends_at):
            provider = organizations.find(work.session, each.organization_id)
            change(work, provider, each, "membership.changed", {"ends_at": found.ends_at}, LEFT_COMPANY)


def _locked(session: Session, which: object) -> Sequence[Membership]:
    # Suspended ones too: whoever is resumed later must not find again what was taken meanwhile.
    wanted = select(Membership).where(which, Membership.status != REMOVED).order_by(Membership.id)  # type: ignore[arg-type]
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
