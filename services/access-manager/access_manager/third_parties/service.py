"""Use cases of a link: propose, answer, withdraw, make smaller, end. What it gives ends in the same transaction.

Both organizations are held, always in the same order, so that an assignment and an end never cross; then the asker's
authority, then the link. A decision reads nothing of this: only the rows, and they change together with the link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import in_order
from access_manager.memberships.authority import held_for_change, insist_alone, insist_holdable, lines_of
from access_manager.memberships.changing import CHANGED_MEANWHILE, change, end_linked, linked
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.rules.lines import within
from access_manager.rules.refusals import Refusal, insist
from access_manager.third_parties import codes, notices
from access_manager.third_parties.models import Link, Side, State, while_in
from access_manager.third_parties.rules import first_end, may_answer, may_connect, may_narrow
from shared.db import claimed
from shared.errors import not_found, precondition_failed
from shared.service import Work

_OPEN = (State.PROPOSED.value, State.ACTIVE.value)
_LINK_ENDED, _LINK_NARROWED, RAN_OUT = "link_ended", "link_narrowed", "ran_out"


@dataclass(frozen=True)
class Offer:
    """What is proposed: on which side the asking organization stands, to whom by their connection code, and what."""

    side: Side
    code: str
    functions: Collection[str]
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Held:
    """A link with both its organizations locked, and the side of whoever acts; None for the system's own acts."""

    link: Link
    provider: Organization
    company: Organization
    side: Side | None = None


def links_of(session: Session, organization_id: str) -> list[Link]:
    """Return the links of the organization on either side, the newest first."""
    mine = or_(Link.provider_id == organization_id, Link.company_id == organization_id)
    return list(session.scalars(select(Link).where(mine).order_by(Link.asked_at.desc(), Link.id)))


def find(session: Session, organization_id: str, link_id: str) -> Link:
    """Return the link; raises the 404 that a link of others gets too."""
    found = session.get(Link, link_id)
    if found is None or found.side_of(organization_id) is None:
        raise not_found()
    return found


def propose(work: Work, organization_id: str, offer: Offer) -> Link:
    """Ask the other side. Raises 404, 422 for a code nobody has, and the refusals of what cannot be connected."""
    partner_id = codes.owner(work.session, work.actor, organization_id, offer.code)
    given = offer.side is Side.PROVIDER
    provider_id, company_id = (organization_id, partner_id) if given else (partner_id, organization_id)
    hold_both(work, organization_id, partner_id)
    provider, company = (organizations.find(work.session, each) for each in (provider_id, company_id))
    insist(may_connect(provider.id, company.id, company.kind))
    _insist_free(work, provider, company)
    link = Link(
        id=work.ids.new("lnk"),
        provider_id=provider.id,
        company_id=company.id,
        functions=list(in_order(offer.functions)),
        lines=[],
        ends_at=offer.ends_at,
        state=State.PROPOSED.value,
        asked_side=offer.side.value,
        asked_by=work.actor.id,
        asked_at=work.now,
        version=1,
    )
    held = Held(link, provider, company, offer.side)
    _insist_givable(work, held, offer.functions)
    link.lines = _reach(work, held)
    work.session.add(link)
    work.session.flush()
    _record(work, held, "link.proposed")
    notices.proposed(work, link, organizations.find(work.session, organization_id), partner_id)
    return link


def answer(work: Work, organization_id: str, link_id: str, *, accept: bool) -> Link:
    """Accept or decline what the other side proposed; the first answer counts, a later one is 409."""
    held = hold(work, organization_id, link_id)
    link, person = held.link, work.actor.kind == "person"
    side = str(held.side)
    insist(may_answer(link.asked_side, link.asked_by, side, work.actor.id, person=person))
    values: dict[str, object] = {"answered_by": work.actor.id, "answered_at": work.now}
    if accept:
        _insist_givable(work, held, link.functions)
        values["lines"] = _reach(work, held) or list(link.lines)
    state = State.ACTIVE if accept else State.DECLINED
    _write(work, held, (State.PROPOSED,), {**values, "state": state.value})
    _record(work, held, "link.accepted" if accept else "link.declined")
    notices.answered(work, link, organizations.find(work.session, organization_id), link.partner_of(organization_id))
    return link


def withdraw(work: Work, organization_id: str, link_id: str) -> Link:
    """Take back a proposal of one's own that nobody has answered."""
    held = hold(work, organization_id, link_id)
    insist(None if held.link.asked_side == held.side else Refusal.PARTNER_OTHER_SIDE)
    _write(work, held, (State.PROPOSED,), {"state": State.WITHDRAWN.value})
    _record(work, held, "link.withdrawn")
    return held.link


def narrow(
    work: Work,
    organization_id: str,
    link_id: str,
    functions: Collection[str],
    ends_at: datetime | None,
    version: int | None = None,
) -> Link:
    """Make smaller what the company may do; everybody who works through the link keeps at most that, at once."""
    held = hold(work, organization_id, link_id, version)
    insist(None if held.side is Side.PROVIDER else Refusal.PARTNER_OTHER_SIDE)
    link = held.link
    insist(None if link.runs(work.now) else Refusal.PARTNER_OVER)
    insist(may_narrow(link.functions, functions, link.ends_at, ends_at, work.now))
    before = _told(held)
    _write(work, held, (State.ACTIVE,), {"functions": list(in_order(functions)), "ends_at": ends_at})
    _record(work, held, "link.narrowed", before=before)
    for each in linked(work.session, link_id=link.id):
        _fit(work, held, each)
    return link


def end(work: Work, organization_id: str, link_id: str, version: int | None = None) -> Link:
    """End the link, from either side; nobody works through it any more when this is committed."""
    held = hold(work, organization_id, link_id, version)
    close(work, held, work.now)
    notices.ended(work, held.link, organizations.find(work.session, organization_id), link_partner(held))
    return held.link


def close(work: Work, held: Held, at: datetime, reason: str | None = None) -> None:
    """Write the end of a held link and of every membership that came through it."""
    values: dict[str, object] = {"state": State.ENDED.value, "ended_by": work.actor.id, "ended_at": at}
    _write(work, held, (State.PROPOSED, State.ACTIVE) if reason == RAN_OUT else (State.ACTIVE,), values)
    _record(work, held, "link.ended", reason=reason)
    for each in linked(work.session, link_id=held.link.id):
        end_linked(work, each, _LINK_ENDED)


def link_partner(held: Held) -> str:
    """Return the id of the side that did not act."""
    return held.provider.id if held.side is Side.COMPANY else held.company.id


def hold(work: Work, organization_id: str, link_id: str, version: int | None = None) -> Held:
    """Return the link locked with both organizations, for somebody who manages the one named. Raises 404 and 412."""
    found = find(work.session, organization_id, link_id)
    hold_both(work, organization_id, found.partner_of(organization_id))
    held = hold_link(work, found, found.side_of(organization_id))
    if version is not None and version != held.link.version:
        raise precondition_failed(CHANGED_MEANWHILE)
    if held.side is Side.PROVIDER and held.link.state == State.ACTIVE:
        reach = lines_of(work.session, work.actor, organization_id, work.now)
        if not within(reach, held.link.lines):
            raise not_found()
    return held


def hold_both(work: Work, organization_id: str, partner_id: str) -> None:
    """Lock both organizations in one order, whoever asks; raises 404 for whoever does not manage the first."""
    organizations.hold_all(work, (organization_id, partner_id))
    held_for_change(work, organization_id)


def hold_link(work: Work, found: Link, side: Side | None = None) -> Held:
    """Read the link anew under the locks that the caller holds."""
    work.session.refresh(found, with_for_update=True)
    provider, company = (organizations.find(work.session, each) for each in (found.provider_id, found.company_id))
    return Held(found, provider, company, side)


def _insist_free(work: Work, provider: Organization, company: Organization) -> None:
    """Raise 409 where the two are connected; what has run out by time is closed on the way."""
    pair = (Link.provider_id == provider.id) & (Link.company_id == company.id)
    found = work.session.scalars(select(Link).where(pair, Link.state.in_(_OPEN))).one_or_none()
    if found is None:
        return
    insist(Refusal.PARTNER_ALREADY if found.ends_at is None or found.ends_at > work.now else None)
    close(work, hold_link(work, found), found.ends_at or work.now, RAN_OUT)


def _insist_givable(work: Work, held: Held, functions: Collection[str]) -> None:
    insist_holdable(held.provider, functions)
    insist(None if functions else Refusal.PARTNER_BEYOND)
    insist(Refusal.END_IN_THE_PAST if held.link.ends_at is not None and held.link.ends_at <= work.now else None)
    if held.side is Side.PROVIDER:
        insist_alone(work, held.provider, (), functions)


def _reach(work: Work, held: Held) -> list[str]:
    """The lines of business of the manager who gives; the company's manager gives nothing."""
    if held.side is not Side.PROVIDER:
        return []
    return list(lines_of(work.session, work.actor, held.provider.id, work.now))


def _fit(work: Work, held: Held, found: Membership) -> None:
    kept = [each for each in found.functions if each in held.link.functions]
    ends_at = first_end(found.ends_at, held.link.ends_at)
    if not kept:
        end_linked(work, found, _LINK_NARROWED)
    elif kept != list(found.functions) or ends_at != found.ends_at:
        values: dict[str, object] = {"functions": kept, "ends_at": ends_at}
        change(work, held.provider, found, "membership.changed", values, _LINK_NARROWED)


def _write(work: Work, held: Held, states: tuple[State, ...], values: dict[str, object]) -> None:
    link = held.link
    done = claimed(work.session.execute(while_in(link, *states).values(**values, version=link.version + 1)))
    insist(None if done else Refusal.PARTNER_OVER)
    work.session.refresh(link)


def _record(
    work: Work, held: Held, action: str, before: dict[str, object] | None = None, reason: str | None = None
) -> None:
    """Note it in the history of both organizations, each with the name of the other."""
    for own, partner in ((held.provider, held.company), (held.company, held.provider)):
        after = {**_told(held), "partner": partner.name, "gives": own.id == held.provider.id}
        work.audit(action, target=held.link.id, organization=own.id, before=before, after=after, reason=reason)


def _told(held: Held) -> dict[str, object]:
    ends_at = held.link.ends_at
    return {"functions": list(held.link.functions), "ends_at": ends_at.isoformat() if ends_at else None}
