"""Use cases of a company: send its own people through a link, and take them off; and the end of links by time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import in_order
from access_manager.memberships import news
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import insist_holdable, insist_reach
from access_manager.memberships.changing import change, end_linked
from access_manager.memberships.models import ACTIVE, MEMBER, REMOVED, SUSPENDED, Membership
from access_manager.organizations import service as organizations
from access_manager.rules.refusals import Refusal, insist
from access_manager.third_parties import service
from access_manager.third_parties.models import Link, Side, State
from access_manager.third_parties.rules import first_end, may_assign, may_join, may_send
from access_manager.third_parties.service import Held
from shared.errors import not_found
from shared.service import Context, Work

_TAKEN_OFF = "taken_off"
_BATCH = 100


def sent(session: Session, link: Link) -> Sequence[Membership]:
    """Return the memberships that the link carries now, the longest-standing first."""
    through = select(Membership).where(Membership.link_id == link.id, Membership.status == ACTIVE)
    return session.scalars(through.order_by(Membership.starts_at, Membership.id)).all()


def own_people(session: Session, link: Link, now: datetime) -> Sequence[Membership]:
    """Return the company's members who may be sent: active, its own, and not over."""
    everybody = memberships.members(session, link.company_id)
    return [each for each in everybody if may_send(works_here=_works(each, now), through_a_partner=_came(each)) is None]


def assign(
    work: Work,
    organization_id: str,
    link_id: str,
    membership_id: str,
    functions: Collection[str],
    ends_at: datetime | None = None,
) -> Membership:
    """Give one's own member `functions` of the link at the organization on the other side; replaces what they had.

    It ends with the earliest of the asked end, the link's and the member's own. Raises refusals and 404.
    """
    held = _held_by_company(work, organization_id, link_id)
    own = memberships.find(work.session, organization_id, membership_id)
    insist_reach(work, own)
    insist(may_send(works_here=_works(own, work.now), through_a_partner=_came(own)))
    insist(Refusal.END_IN_THE_PAST if ends_at is not None and ends_at <= work.now else None)
    there = _there(work.session, held, own.account_id)
    insist(_may_join(held, there, work.now))
    running = there if there is not None and there.status == ACTIVE and there.link_id == link_id else None
    before = running.functions if running else ()
    insist(
        may_assign(
            work.actor.id, own.account_id, held.link.functions, before, functions, managers=held.company.manager_count
        )
    )
    insist_holdable(held.provider, functions)
    values = _values(held, functions, first_end(ends_at, held.link.ends_at, own.ends_at), running)
    given = _written(work, held, own.account_id, there, running, values)
    _record(work, held, "link.assigned", given)
    return given


def unassign(work: Work, organization_id: str, link_id: str, membership_id: str) -> Membership:
    """Take one's own member off the link now. Raises 404 where they are not on it."""
    held = _held_by_company(work, organization_id, link_id, over=True)
    own = memberships.find(work.session, organization_id, membership_id)
    there = _there(work.session, held, own.account_id)
    if there is None or there.status != ACTIVE or there.link_id != link_id:
        raise not_found()
    ended = end_linked(work, there, _TAKEN_OFF)
    _record(work, held, "link.unassigned", ended)
    return ended


def lapse(context: Context) -> int:
    """Tell and tidy links whose end has passed; their rows deny since that instant. Return how many there were."""
    over = select(Link.id).where(
        Link.state.in_((State.ACTIVE.value, State.PROPOSED.value)), Link.ends_at <= context.clock.now()
    )
    with context.reading() as session:
        found = session.scalars(over.order_by(Link.ends_at).limit(_BATCH)).all()
    lapsed = 0
    for link_id in found:
        with context.transaction() as work:
            lapsed += _lapse(work, link_id)
    return lapsed


def _lapse(work: Work, link_id: str) -> bool:
    link = work.session.get_one(Link, link_id)
    organizations.hold_all(work, (link.provider_id, link.company_id))
    held = service.hold_link(work, link)
    if link.ends_at is None or link.state not in (State.ACTIVE, State.PROPOSED):
        return False
    service.close(work, held, link.ends_at, service.RAN_OUT)
    return True


def _held_by_company(work: Work, organization_id: str, link_id: str, *, over: bool = False) -> Held:
    held = service.hold(work, organization_id, link_id)
    insist(None if held.side is Side.COMPANY else Refusal.PARTNER_OTHER_SIDE)
    insist(None if over or held.link.runs(work.now) else Refusal.PARTNER_OVER)
    return held


def _works(found: Membership, now: datetime) -> bool:
    return found.status == ACTIVE and (found.ends_at is None or found.ends_at > now)


def _came(found: Membership) -> bool:
    return found.link_id is not None


def _there(session: Session, held: Held, account_id: str) -> Membership | None:
    same = (Membership.account_id == account_id) & (Membership.organization_id == held.provider.id)
    locked = select(Membership).where(same).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one_or_none()


def _may_join(held: Held, there: Membership | None, now: datetime) -> Refusal | None:
    if there is None:
        return None
    stands = there.status != REMOVED
    ended = there.status == ACTIVE and not _works(there, now)
    taken_off = there.source == memberships.refused_by_provider(held.link.id)
    return may_join(
        direct=stands and there.link_id is None and not ended,
        other_link=stands and there.link_id not in (None, held.link.id),
        refused=there.status == SUSPENDED or (not stands and taken_off),
    )


def _values(
    held: Held, functions: Collection[str], ends_at: datetime | None, running: Membership | None
) -> dict[str, object]:
    # What a review of the practice has set to lapse, its company does not set free by sending the person once more.
    lapsing = running.function_ends if running is not None else {}
    return {
        "status": ACTIVE,
        "role": MEMBER,
        "functions": list(in_order(functions)),
        "function_ends": {each: end for each, end in lapsing.items() if each in functions},
        "lines": list(held.link.lines),
        "ends_at": ends_at,
        "link_id": held.link.id,
        "via_organization_id": held.company.id,
        "source": f"link:{held.link.id}",
    }


def _written(
    work: Work,
    held: Held,
    account_id: str,
    there: Membership | None,
    running: Membership | None,
    values: dict[str, object],
) -> Membership:
    if running is not None:
        return change(work, held.provider, running, "membership.changed", {**values, "lines": list(running.lines)})
    if there is not None:
        return change(work, held.provider, there, "membership.granted", {**values, "starts_at": work.now})
    made = Membership(
        id=work.ids.new("mem"), account_id=account_id, organization_id=held.provider.id, version=1, **values
    )
    made.starts_at, made.changed_at = work.now, work.now
    work.session.add(made)
    work.session.flush()
    work.session.refresh(made)  # an end that was typed in another zone is told in UTC
    news.tell(work, held.provider, made, "membership.granted", before=None)
    return made


def _record(work: Work, held: Held, action: str, given: Membership) -> None:
    """Note in the company's own history whom it sent where; the other side's history has the membership itself."""
    after = {"partner": held.provider.name, "functions": list(given.functions)}
    work.audit(action, target=given.account_id, organization=held.company.id, after=after)
