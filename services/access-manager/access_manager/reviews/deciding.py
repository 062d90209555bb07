"""Deciding about one person, once, and closing a review early. Effective at once; under the organization's lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import in_order
from access_manager.memberships import pausing
from access_manager.memberships.authority import held_for_change, insist_reach
from access_manager.memberships.models import REMOVED, Membership, in_reach
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.reviews import evidence, proving, rules
from access_manager.reviews.models import (
    CLOSED,
    DECISIONS,
    FEWER,
    GONE,
    KEEP,
    OPEN,
    REMOVE,
    Review,
    ReviewItem,
    while_open,
    while_undecided,
)
from access_manager.reviews.opening import find, insist_whole
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import not_found
from shared.service import Work


@dataclass(frozen=True)
class Verdict:
    """Keep everything, keep fewer (`functions`: those that stay), or remove the person."""

    decision: str
    functions: Collection[str] = field(default=())


@dataclass(frozen=True)
class Row:
    """A frozen row beside what the person holds now; the row of a membership stays when it ends."""

    item: ReviewItem
    member: Membership

    @property
    def gone(self) -> bool:
        """True where the person's access was removed since, not by this review."""
        return self.item.decision is None and self.member.status == REMOVED

    @property
    def changed(self) -> bool:
        """True where the person holds something else than when the review opened, or another role."""
        if self.item.decision is not None:
            return False
        before = (set(self.item.functions), self.item.role, self.item.status, self.item.ends_at)
        now = (set(self.member.functions), self.member.role, self.member.status, self.member.ends_at)
        return before != now


def counts(session: Session, review_id: str) -> dict[str, int]:
    """Return how many people have each decision; `undecided` for those without one who still have access."""
    rows = session.execute(
        select(ReviewItem.decision, func.count()).where(ReviewItem.review_id == review_id).group_by(ReviewItem.decision)
    )
    found = {decision or "none": number for decision, number in rows}
    none = found.pop("none", 0)
    waiting = undecided(session, review_id) if none else 0
    found[GONE] = found.get(GONE, 0) + none - waiting
    return {**dict.fromkeys(DECISIONS, 0), **found, "undecided": waiting}


def undecided(session: Session, review_id: str) -> int:
    """Return how many people who still have access are without a decision."""
    waiting = (
        select(func.count())
        .select_from(ReviewItem)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review_id, ReviewItem.decision.is_(None), Membership.status != REMOVED)
    )
    return int(session.execute(waiting).scalar_one())


def rows(
    session: Session, review_id: str, reach: Sequence[str], after: int, most: int, *, waiting: bool | None = None
) -> list[Row]:
    """Return frozen rows behind a position, in order; only those that wait for a decision, or only the others.

    `reach`: the lines of business of whoever looks (G2), so that a page of them is full while there are more.
    """
    wanted = _frozen(review_id, reach).where(ReviewItem.position > after)
    waits = ReviewItem.decision.is_(None) & (Membership.status != REMOVED)
    if waiting is not None:
        wanted = wanted.where(waits if waiting else ~waits)
    found = session.execute(wanted.order_by(ReviewItem.position).limit(most)).all()
    return [Row(item, member) for item, member in found]


def chosen(session: Session, review_id: str, reach: Sequence[str], membership_ids: Collection[str]) -> list[Row]:
    """Return the frozen rows of these people; raises 404 for who is not in the review, or not within `reach`."""
    wanted = _frozen(review_id, reach).where(ReviewItem.membership_id.in_(membership_ids))
    found = [Row(item, member) for item, member in session.execute(wanted.order_by(ReviewItem.position))]
    if len(found) < len(set(membership_ids)):
        raise not_found()
    return found


def _frozen(review_id: str, reach: Sequence[str]) -> Select[ReviewItem, Membership]:
    return (
        select(ReviewItem, Membership)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review_id, *in_reach(reach))
    )


def row(session: Session, review_id: str, membership_id: str) -> Row:
    """Return one frozen row; raises 404 for whoever is not in the review."""
    item = session.get(ReviewItem, (review_id, membership_id))
    if item is None:
        raise not_found()
    return Row(item, session.get_one(Membership, membership_id))


def decide(work: Work, organization_id: str, review_id: str, membership_id: str, verdict: Verdict) -> ReviewItem:
    """Decide about one person: the first decision is the only one, the same one again by the same person is no other.

    Raises 403 for oneself, 409 after the due instant or a decision, 422 for no function left, and what removing raises.
    """
    organization = held_for_change(work, organization_id)
    review = find(work.session, organization_id, review_id)
    found = row(work.session, review_id, membership_id)
    insist(rules.may_certify(work.actor.id, found.item.account_id, work.actor.on_behalf_of))
    if _said_before(work, found.item, verdict):
        return found.item
    insist(rules.may_decide_until(review.due_at, open=review.state == OPEN, now=work.now))
    insist(Refusal.NOT_A_MEMBER if found.gone else None)
    insist_reach(work, found.member)
    kept = _kept(found.item, verdict)
    _claim(work, found.item, verdict.decision, kept)
    _enforce(work, organization, review, found.item, found.member)
    after = {"review": review_id, "decision": verdict.decision, "kept": kept}
    work.audit("review.decided", target=found.item.account_id, organization=organization_id, after=after)
    return found.item


def close(work: Work, organization_id: str, review_id: str) -> Review:
    """Close a review in which everybody is decided about. Raises 409 where somebody is not, 404."""
    held_for_change(work, organization_id)
    insist_whole(work.session, work.actor, organization_id, work.now)
    review = find(work.session, organization_id, review_id)
    if review.state == OPEN:
        insist(Refusal.REVIEW_UNDECIDED if undecided(work.session, review_id) else None)
        finish(work, review, "decided")
    return review


def finish(work: Work, review: Review, how: str) -> bool:
    """Close the review, seal its evidence into the audit and tell it; False where it was closed before."""
    by = work.actor.id
    values = {"state": CLOSED, "closed_at": work.now, "closed_by": by, "closed_how": how, "remind_at": None}
    values |= {"closed_by_name": people.name_of(work.session, by)}
    if not claimed(work.session.execute(while_open(review.id).values(values))):
        return False
    nobody = update(ReviewItem).where(ReviewItem.review_id == review.id, ReviewItem.decision.is_(None))
    work.session.execute(nobody.values(decision=GONE, decided_at=work.now))
    work.session.flush()
    work.session.expire_all()
    proving.ask_again(work, review)
    work.session.flush()
    review.evidence_sha256 = evidence.checksum(evidence.as_json(work.session, review))
    _tell_closed(work, review, how)
    return True


def _tell_closed(work: Work, review: Review, how: str) -> None:
    told = {"how": how, "evidence_sha256": review.evidence_sha256}
    numbers = counts(work.session, review.id)
    del numbers["undecided"]
    data = {"review_id": review.id, "organization_id": review.organization_id, "closed_at": work.now, **told}
    work.publish("review.closed", subject=review.id, sequence=2, data={**data, "decisions": numbers})
    after = {**told, "decisions": numbers}
    work.audit("review.closed", target=review.id, organization=review.organization_id, after=after)


def _said_before(work: Work, item: ReviewItem, verdict: Verdict) -> bool:
    if item.decision is None:
        return False
    same = item.decision == verdict.decision and set(item.kept) == set(_kept(item, verdict))
    if item.decided_by == work.actor.id and same:
        return True
    raise refuse(
        Refusal.ALREADY_REVIEWED,
        decision=item.decision,
        decided_by=item.decided_by,
        decided_by_name=item.decided_by_name,
        decided_at=_text(item.decided_at),
    )


def _kept(item: ReviewItem, verdict: Verdict) -> list[str]:
    if verdict.decision != FEWER:
        return list(item.functions) if verdict.decision == KEEP else []
    kept = list(in_order(each for each in verdict.functions if each in item.functions))
    insist(None if kept else Refusal.KEEP_SOME)
    return kept


def _claim(work: Work, item: ReviewItem, decision: str, kept: Sequence[str]) -> None:
    who = work.actor
    values = {"decision": decision, "kept": list(kept), "decided_at": work.now, "on_behalf_of": who.on_behalf_of}
    values |= {"decided_by": who.id, "decided_by_name": people.name_of(work.session, who.id)}
    if not claimed(work.session.execute(while_undecided(item).values(values))):
        raise refuse(Refusal.ALREADY_REVIEWED)
    work.session.refresh(item)


def _enforce(work: Work, organization: Organization, review: Review, item: ReviewItem, found: Membership) -> None:
    ends = rules.without_due(found.function_ends, item.function_ends, review.due_at)
    held = list(found.functions)
    if item.decision == REMOVE:
        pausing.end(work, organization, found, "review")
    elif item.decision == FEWER:
        stays = [each for each in held if each in item.kept or each not in item.functions]
        pausing.reduce(work, organization, found, stays, ends, "review")
    elif ends != found.function_ends:
        pausing.set_ends(work, organization, found, ends)
    item.ended = [each for each in held if each not in found.functions]
    item.enforced_at, item.enforced_version = work.now, found.version
    proving.ask(work, review, item, found.version)


def _text(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
