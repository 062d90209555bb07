"""Use cases of deputies: name one, end one. No job ends any: whoever asks compares instants."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from access_manager.deputies import notices
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, insist_reach, manages
from access_manager.memberships.models import Deputy
from access_manager.organizations.models import Organization
from access_manager.rules.deputies import DELEGABLE, Period, may_last, may_name
from access_manager.rules.refusals import Refusal, insist
from shared.db import claimed
from shared.errors import not_found
from shared.service import Work


@dataclass(frozen=True)
class Naming:
    """Which member may do what (`DELEGABLE`), and when. `manager_id`: for whom, where a program names them."""

    membership_id: str
    scopes: Collection[str]
    period: Period
    manager_id: str | None = None


def standing_in(session: Session, organization_id: str, now: datetime) -> list[Deputy]:
    """Return the deputies of an organization who act now or will, the first to end first."""
    open_ones = select(Deputy).where(
        Deputy.organization_id == organization_id, Deputy.ended_at.is_(None), Deputy.ends_at > now
    )
    return list(session.scalars(open_ones.order_by(Deputy.ends_at, Deputy.id)))


def find(session: Session, organization_id: str, deputy_id: str) -> Deputy:
    """Return one, ended ones included; raises the 404 that a foreign one gets too."""
    found = session.get(Deputy, deputy_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def name(work: Work, organization_id: str, naming: Naming) -> Deputy:
    """Name a member the actor's deputy, and write to both.

    Raises 404 for whoever does not manage the organization, 403 for a deputy, the refusals of `may_name` and
    `may_last`, 409 where the two have such days in common already.
    """
    organization = held_for_change(work, organization_id)
    found = memberships.active(work.session, organization_id, naming.membership_id, None)
    insist_reach(work, found)
    insist(Refusal.THROUGH_CONNECTION if found.link_id else None)
    manager_id = _principal(work, organization_id, naming)
    insist(may_name(manager_id, found.account_id, is_manager=found.is_manager, scopes=naming.scopes))
    insist(may_last(naming.period, work.now))
    insist(_twice(work, organization_id, manager_id, found.account_id, naming.period))
    made = Deputy(
        id=work.ids.new("dep"),
        organization_id=organization.id,
        manager_id=manager_id,
        deputy_id=found.account_id,
        scopes=[each for each in DELEGABLE if each in naming.scopes],
        starts_at=naming.period.starts_at,
        ends_at=naming.period.ends_at,
        named_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    work.audit("deputy.named", target=made.deputy_id, organization=organization.id, after=_shown(made))
    notices.tell_named(work, made, organization)
    return made


def end(work: Work, organization_id: str, deputy_id: str) -> Deputy:
    """End it now, whichever manager named it, and write to both. Raises 404, and 409 once it is over."""
    organization = held_for_change(work, organization_id)
    found = find(work.session, organization_id, deputy_id)
    still_open = update(Deputy).where(Deputy.id == found.id, Deputy.ended_at.is_(None), Deputy.ends_at > work.now)
    values = {"ended_at": work.now, "ended_by": work.actor.id}
    ended = claimed(work.session.execute(still_open.values(values).execution_options(synchronize_session=False)))
    insist(None if ended else Refusal.DEPUTY_OVER)
    work.session.refresh(found)
    _tell_ended(work, found, organization)
    return found


def _tell_ended(work: Work, found: Deputy, organization: Organization) -> None:
    work.audit("deputy.ended", target=found.deputy_id, organization=organization.id, before=_shown(found))
    notices.tell_ended(work, found, organization)


def _principal(work: Work, organization_id: str, naming: Naming) -> str:
    """Return for whom somebody is named: a person names for themself, a program for a manager it says."""
    person = work.actor.kind == "person"
    wanted = naming.manager_id or work.actor.id
    fits = wanted == work.actor.id if person else manages(work.session, wanted, organization_id)
    insist(None if fits else Refusal.NOT_A_MANAGER)
    return wanted


def _twice(work: Work, organization_id: str, manager_id: str, account_id: str, period: Period) -> Refusal | None:
    """Refuse a second naming of the same two people with days in common: which of them would end it?"""
    known = standing_in(work.session, organization_id, work.now)
    same = [each for each in known if (each.manager_id, each.deputy_id) == (manager_id, account_id)]
    common = any(each.starts_at < period.ends_at and period.starts_at < each.ends_at for each in same)
    return Refusal.DEPUTY_ALREADY if common else None


def _shown(found: Deputy) -> dict[str, object]:
    return {
        "deputy": found.id,
        "manager": found.manager_id,
        "scopes": list(found.scopes),
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
    }
