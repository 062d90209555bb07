"""Undo, within a day and where it is safe: what nobody touched since goes back, everything else is said and stays."""

from datetime import datetime
from typing import Any

from access_manager.adding import results
from access_manager.adding.models import Batch, undo_once
from access_manager.adding.results import UNDO_WITHIN, Act, Row
from access_manager.adding.service import find
from access_manager.invitations import service as invitations
from access_manager.invitations.models import Invitation
from access_manager.invitations.service import Wanted
from access_manager.invitations.states import State
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, lines_of
from access_manager.memberships.models import ACTIVE, REMOVED, Membership
from access_manager.organizations.models import Organization
from access_manager.people.models import Person
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import within
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import Problem
from shared.i18n import Message, say
from shared.service import Work

ACCEPTED = say("They have accepted. Remove the access on their page if they should not have it")
CHANGED = say("Somebody changed it since. Look at the person’s page")
GONE = say("It was taken back before")
ENDED = say("It has ended by itself")
CLOSED = say("The account was closed since")
LINKED = say("They came through another company. That company says what its people do")
WITHOUT_ROLE = say("Undone. The manager role is not given back: that takes a page of its own")


def undo(work: Work, organization_id: str, batch_id: str) -> Batch:
    """Undo what can be undone, once; each row then says what came of it.

    Raises 404, 409 after a day and for the second time.
    """
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    batch = find(work.session, organization_id, batch_id)
    insist(Refusal.UNDO_OVER if over(batch, work.now) else None)
    kept = [results.read(each) for each in batch.rows]
    values = {"undone_at": work.now, "undone_by": work.actor.id}
    if not claimed(work.session.execute(undo_once(batch.id).values(values))):
        raise refuse(Refusal.UNDONE_BEFORE)
    reach = lines_of(work.session, work.actor, organization_id, work.now)
    rows = [_undo(work, organization, each, batch.id) if within(reach, each.lines) else each for each in kept]
    work.session.refresh(batch)
    batch.rows = [each.kept() for each in rows]
    work.session.flush()
    back = sum((each.undone or {}).get("slug") == "undone" for each in rows)
    work.audit(
        "members.undone", target=batch.id, organization=organization_id, after={"undone": back, "of": batch.done}
    )
    return batch


def over(batch: Batch, now: datetime) -> bool:
    """Whether the day in which the batch may be undone has passed."""
    return now >= batch.made_at + UNDO_WITHIN


def _undo(work: Work, organization: Organization, row: Row, batch_id: str) -> Row:
    if row.act not in results.CHANGES:
        return row
    acts = {Act.REMOVE: _give_back, Act.EXTEND: _take_back, Act.INVITE: _uninvite, Act.UPDATE: _uninvite}
    try:
        why_not, slug = acts[row.act](work, organization, row, batch_id)
    except Problem as problem:
        # Rules are asked before anything is written, so nothing of this row has happened.
        why_not, slug = say(problem.detail), problem.slug
    return results.undone(row, why_not, slug)


_Outcome = tuple[Message | None, str]
_DONE: _Outcome = None, "undone"


def _uninvite(work: Work, organization: Organization, row: Row, _batch_id: str) -> _Outcome:
    found = work.session.get_one(Invitation, row.invitation_id, populate_existing=True)
    if found.state == State.ACCEPTED:
        return ACCEPTED, "accepted"
    if found.state != State.PENDING:
        return GONE, "gone"
    if found.version != row.version:
        return CHANGED, "changed"
    if row.act is Act.INVITE:
        invitations.revoke(work, organization.id, found.id)
    elif found.expires_at <= work.now:
        return ENDED, "ended"
    else:
        before = dict(row.before or {})
        wanted = Wanted(found.email, before["name"], before["functions"], _instant(before), before["lines"])
        invitations.put(work, organization, wanted, {found.email_key: found})
    return _DONE


def _take_back(work: Work, organization: Organization, row: Row, _batch_id: str) -> _Outcome:
    found = _member(work, row)
    if found.version != row.version or found.status != ACTIVE:
        return CHANGED, "changed"
    memberships.set_access(work, organization.id, found.id, dict(row.before or {})["functions"], found.ends_at)
    return _DONE


def _give_back(work: Work, organization: Organization, row: Row, batch_id: str) -> _Outcome:
    found, before = _member(work, row), dict(row.before or {})
    person, ends_at = work.session.get(Person, found.account_id), _instant(before)
    if found.version != row.version or found.status != REMOVED:
        return CHANGED, "changed"
    if before["link"]:
        return LINKED, "linked"
    if ends_at is not None and ends_at <= work.now:
        return ENDED, "ended"
    if person is not None and person.status == "closed":
        return CLOSED, "closed"
    memberships.grant(
        work,
        organization,
        found.account_id,
        before["functions"],
        source=f"batch:{batch_id}",
        ends_at=ends_at,
        lines=before["lines"],
        agreed=True,  # it stood before, and goes back as it stood
    )
    return (WITHOUT_ROLE, "undone") if before["manager"] else _DONE


def _member(work: Work, row: Row) -> Membership:
    return work.session.get_one(Membership, row.membership_id, populate_existing=True)


def _instant(before: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(before["ends_at"]) if before["ends_at"] else None
