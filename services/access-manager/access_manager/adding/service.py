"""Use cases of lists: look at one, carry it out, find it again. A list is one transaction: all of it, or nothing.

Rows with faults are left out and said; a list that changes nothing leaves no batch, so sending it twice is no act.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from access_manager.adding import checking, results
from access_manager.adding.checking import Facts
from access_manager.adding.models import Batch
from access_manager.adding.reading import Entry
from access_manager.adding.results import Act, Row
from access_manager.functions.catalogue import FUNCTIONS, PROFILES
from access_manager.invitations import service as invitations
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change
from access_manager.organizations.models import Organization
from access_manager.rules.deputies import Scope
from access_manager.words import LOCALE
from shared.errors import not_found
from shared.i18n import translations
from shared.service import Actor, Context, Work

ADD, REMOVE = "add", "remove"
_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Order:
    """A list and what is said once for all of it: tasks and end for rows that name none, or why people are removed."""

    kind: str
    entries: Sequence[Entry]
    functions: Collection[str] = ()
    ends_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Carried:
    """What became of a list; no batch where nothing changed."""

    rows: Sequence[Row]
    batch: Batch | None


def tasks(languages: Collection[str]) -> dict[str, Sequence[str]]:
    """Return what tasks and profiles are called, by id and in words, in lower case, as the functions they mean."""
    spoken = [translations(each, LOCALE) for each in languages]
    named: dict[str, Sequence[str]] = {}
    for profile in PROFILES:
        names = {profile.id, profile.name, *(each.gettext(profile.name) for each in spoken)}
        named |= {name.casefold(): profile.functions for name in names}
    for function in FUNCTIONS:
        names = {function.id, function.task, *(each.gettext(function.task) for each in spoken)}
        named |= {name.casefold(): (function.id,) for name in names}
    return named


def check(session: Session, organization: Organization, order: Order, actor: Actor, now: datetime) -> list[Row]:
    """Return what each row would do now. Changes nothing."""
    return _rows(checking.facts(session, organization, order.entries, actor, now), order)


def carry_out(work: Work, organization_id: str, order: Order, batch_id: str | None = None) -> Carried:
    """Do what the rows without faults ask for. `batch_id`: of this very list; a second commit of it changes nothing.

    Raises 404 for who does not manage the organization.
    """
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    known = work.session.get(Batch, batch_id) if batch_id else None
    if known is not None:
        found = find(work.session, organization_id, known.id)
        return Carried([results.read(each) for each in found.rows], found)
    facts = checking.facts(work.session, organization, order.entries, work.actor, work.now)
    rows = _rows(facts, order)
    if not any(row.act in results.CHANGES for row in rows):
        return Carried(rows, None)
    batch_id = batch_id or work.ids.new("bat")
    listed = {each.number: each for each in order.entries}
    carried = [_carry_out(work, facts, order, listed[row.number], row, batch_id) for row in rows]
    batch = _batch(work, organization_id, order, carried, batch_id)
    work.session.add(batch)
    action = "members.added" if order.kind == ADD else "members.removed"
    work.audit(action, target=batch.id, organization=organization_id, after=results.count(carried), reason=order.reason)
    return Carried(carried, batch)


def find(session: Session, organization_id: str, batch_id: str) -> Batch:
    """Return the batch; raises the 404 that a foreign one gets too."""
    found = session.get(Batch, batch_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def recent(
    session: Session, organization_id: str, now: datetime, within: timedelta = results.UNDO_WITHIN
) -> list[Batch]:
    """Return the batches of the last day, the newest first: those that may be undone."""
    mine = select(Batch).where(Batch.organization_id == organization_id, Batch.made_at > now - within)
    return list(session.scalars(mine.order_by(Batch.made_at.desc(), Batch.id.desc()).limit(20)))


def forget(context: Context) -> int:
    """Job: forget lists of 90 days ago, and the addresses in them; the history keeps what was done to whom."""
    with context.transaction() as work:
        old = delete(Batch).where(Batch.made_at < work.now - _KEPT)
        return len(work.session.scalars(old.returning(Batch.id)).all())


def _rows(facts: Facts, order: Order) -> list[Row]:
    if order.kind == REMOVE:
        return checking.removals(facts, order.entries)
    return checking.additions(facts, order.entries, order.functions, order.ends_at)


def _carry_out(work: Work, facts: Facts, order: Order, entry: Entry, row: Row, batch_id: str) -> Row:
    if row.act not in results.CHANGES:
        return row
    if row.act is Act.REMOVE:
        removed = memberships.remove(work, facts.organization.id, str(row.membership_id), order.reason)
        return replace(row, version=removed.version)
    wanted = checking.wanted_of(facts, entry, order.functions, order.ends_at)
    if row.act is Act.EXTEND:
        account_id = memberships.find(work.session, facts.organization.id, str(row.membership_id)).account_id
        grown = memberships.grant(work, facts.organization, account_id, wanted.functions, source=f"batch:{batch_id}")
        return replace(row, version=grown.version)
    made = invitations.put(work, facts.organization, wanted, facts.invited).invitation
    return replace(row, invitation_id=made.id, version=made.version)


def _batch(work: Work, organization_id: str, order: Order, rows: Sequence[Row], batch_id: str) -> Batch:
    return Batch(
        id=batch_id,
        organization_id=organization_id,
        kind=order.kind,
        reason=order.reason,
        rows=[each.kept() for each in rows],
        done=sum(each.act in results.CHANGES for each in rows),
        faults=sum(each.act is Act.FAULT for each in rows),
        made_by=work.actor.id,
        made_at=work.now,
    )
