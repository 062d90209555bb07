"""Use cases of invitations: invite, find, list, write again, take back. Each holds the organization first.

Inviting an address twice makes one invitation: the second call changes what it gives, and says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import beyond, in_order
from access_manager.invitations import letters
from access_manager.invitations.models import Invitation, InvitationLink, while_pending
from access_manager.invitations.states import (
    Standing,
    State,
    good_until,
    key_of,
    may_write_again,
    standing,
)
from access_manager.memberships.authority import held_for_change, insist_alone, lines_of
from access_manager.memberships.models import REMOVED, Membership
from access_manager.organizations.models import Organization
from access_manager.people.models import Person
from access_manager.rules import lines as line_rules
from access_manager.rules.deputies import Scope
from access_manager.rules.holding import may_hold
from access_manager.rules.managers import may_end_at
from access_manager.rules.refusals import Refusal, insist, refuse
from shared import notices
from shared.crypto import HashBox, digest_of
from shared.db import claimed
from shared.errors import not_found, precondition_failed, too_many
from shared.i18n import say
from shared.service import Actor, Context, Work

_MANY = 500
_KEPT = timedelta(days=365)
_TOO_SOON = say("An e-mail went out a moment ago. Give it time to arrive, or tell the person yourself.")
_CHANGED = "Somebody changed this invitation meanwhile. Look at it again, then decide."


@dataclass(frozen=True)
class Wanted:
    """Whom to invite and what to: `email` as `states.address_of` gives it; no `lines` means every one of them."""

    email: str
    display_name: str
    functions: Collection[str]
    ends_at: datetime | None = None
    lines: Collection[str] = ()


@dataclass(frozen=True)
class Put:
    """The invitation after the call, and what the call did to it."""

    invitation: Invitation
    done: Literal["invited", "updated", "unchanged"]


def invite(work: Work, organization_id: str, wanted: Wanted) -> Put:
    """Invite somebody. Raises 404 for who does not manage the organization, and the refusals of `judge`."""
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    reach = lines_of(work.session, work.actor, organization.id, work.now)
    wanted = meant(wanted, reach)
    beyond_it = beyond(wanted.functions, kind=organization.kind, contracted=organization.contracted)
    insist(judge(organization, wanted, reach, work.now), functions=list(beyond_it))
    insist_alone(work, organization, (), wanted.functions)
    if key_of(wanted.email) in members_by_address(work.session, organization.id):
        raise refuse(Refusal.ALREADY_A_MEMBER)
    return put(work, organization, wanted, open_by_address(work.session, organization.id, [wanted.email]))


def meant(wanted: Wanted, reach: Collection[str]) -> Wanted:
    """Return what is wanted with the lines it means: a manager of some lines gives those, where none are named."""
    given = line_rules.in_order(wanted.lines or reach)
    return Wanted(wanted.email, wanted.display_name, wanted.functions, wanted.ends_at, given)


def judge(organization: Organization, wanted: Wanted, reach: Collection[str], now: datetime) -> Refusal | None:
    """Return why this cannot be given here by who reaches these lines, or None; asks nothing about the person."""
    if not wanted.functions:
        return Refusal.NOTHING_GIVEN
    if not line_rules.within(reach, wanted.lines):
        return Refusal.BEYOND_LINES
    refusal = may_hold(wanted.functions, kind=organization.kind, contracted=organization.contracted)
    return refusal or may_end_at(wanted.ends_at, manager=False, now=now)


def put(work: Work, organization: Organization, wanted: Wanted, known: Mapping[str, Invitation]) -> Put:
    """Invite, or change the open invitation among `known`. The organization is held, what is wanted was judged."""
    found = known.get(key_of(wanted.email))
    if found is not None and found.expires_at > work.now:
        return _update(work, found, wanted)
    if found is not None:
        work.session.execute(while_pending(found.id).values(state=State.REPLACED.value, settled_at=work.now))
    made = _new(work, organization, wanted)
    work.session.add(made)
    work.session.flush()
    _write(work, made, organization)
    work.audit("invitation.made", target=made.id, organization=organization.id, after=_shown(made))
    return Put(made, "invited")


def write_again(work: Work, organization_id: str, invitation_id: str) -> Invitation:
    """Mail the invitation once more; earlier links stay good. One that has ended is made anew. Raises 404, 409, 429."""
    organization = held_for_change(work, organization_id, Scope.PEOPLE)
    found = seen(work.session, work.actor, organization_id, invitation_id, work.now)
    if found.state == State.PENDING and found.expires_at > work.now:
        return _mail_again(work, found, organization)
    insist(Refusal.INVITATION_CLOSED if found.state in (State.ACCEPTED, State.REVOKED) else None)
    again = Wanted(found.email, found.display_name, found.functions, found.ends_at, found.lines)
    return invite(work, organization_id, again).invitation


def revoke(work: Work, organization_id: str, invitation_id: str) -> Invitation:
    """Take an invitation back: its links are worth nothing from now on. Raises 404, and 409 once it was accepted."""
    held_for_change(work, organization_id, Scope.PEOPLE)
    found = seen(work.session, work.actor, organization_id, invitation_id, work.now)
    values = {"state": State.REVOKED.value, "settled_at": work.now, "settled_by": work.actor.id}
    if claimed(work.session.execute(while_pending(found.id).values(**values, version=found.version + 1))):
        work.session.refresh(found)
        work.audit("invitation.revoked", target=found.id, organization=organization_id, before=_shown(found))
        return found
    work.session.refresh(found)
    insist(None if found.state == State.REVOKED else Refusal.INVITATION_CLOSED)
    return found


def find(session: Session, organization_id: str, invitation_id: str) -> Invitation:
    """Return the invitation; raises the 404 that a foreign one gets too."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def seen(session: Session, actor: Actor, organization_id: str, invitation_id: str, now: datetime) -> Invitation:
    """Return the invitation; raises 404 outside the actor's lines of business too."""
    found = find(session, organization_id, invitation_id)
    if not line_rules.within(lines_of(session, actor, organization_id, now), found.lines):
        raise not_found()
    return found


def listed(session: Session, organization_id: str, reach: Collection[str] = (), most: int = 1000) -> list[Invitation]:
    """Return the invitations within the lines `reach`, the newest first; what a newer one replaced is left out."""
    mine = select(Invitation).where(
        Invitation.organization_id == organization_id, Invitation.state != State.REPLACED.value
    )
    found = session.scalars(mine.order_by(Invitation.invited_at.desc(), Invitation.id.desc()).limit(most))
    return [each for each in found if line_rules.within(reach, each.lines)]


def standings(session: Session, found: Sequence[Invitation], now: datetime) -> dict[str, Standing]:
    """Return how each stands, by id: the state, the clock, and whether its last letter came back."""
    waiting = {each.id: letters.letter_key(each) for each in found if each.state == State.PENDING}
    told = notices.states(session, list(waiting.values()))
    return {
        each.id: standing(
            State(each.state), each.expires_at, bounced=told.get(waiting.get(each.id, "")) == "failed", now=now
        )
        for each in found
    }


def names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return the name in each of these invitations that still exists."""
    wanted = select(Invitation.id, Invitation.display_name).where(Invitation.id.in_(ids))
    return {row.id: row.display_name for row in session.execute(wanted)} if ids else {}


def open_by_address(session: Session, organization_id: str, addresses: Collection[str]) -> dict[str, Invitation]:
    """Return the invitations that nobody accepted or revoked, ended ones included, by what `key_of` says."""
    keys = sorted({key_of(each) for each in addresses})
    found: dict[str, Invitation] = {}
    for start in range(0, len(keys), _MANY):
        here = Invitation.email_key.in_(keys[start : start + _MANY])
        mine = select(Invitation).where(
            Invitation.organization_id == organization_id, Invitation.state == State.PENDING.value, here
        )
        found |= {each.email_key: each for each in session.scalars(mine)}
    return found


def members_by_address(session: Session, organization_id: str) -> dict[str, list[Membership]]:
    """Return who has access or is suspended, by the main address identity told of; an office may share one."""
    joined = select(Membership, Person.email).join(Person, Person.account_id == Membership.account_id)
    mine = joined.where(Membership.organization_id == organization_id, Membership.status != REMOVED)
    found: dict[str, list[Membership]] = {}
    for membership, email in session.execute(mine.order_by(Membership.id)):
        if email:
            found.setdefault(key_of(email), []).append(membership)
    return found


def forget(context: Context) -> int:
    """Job: forget invitations that ended a year ago, and their links; the history keeps who was given what."""
    with context.transaction() as work:
        old = select(Invitation.id).where(Invitation.expires_at < work.now - _KEPT).limit(_MANY)
        gone = list(work.session.scalars(old))
        work.session.execute(delete(InvitationLink).where(InvitationLink.invitation_id.in_(gone)))
        work.session.execute(delete(Invitation).where(Invitation.id.in_(gone)))
        return len(gone)


def _new(work: Work, organization: Organization, wanted: Wanted) -> Invitation:
    return Invitation(
        id=work.ids.new("inv"),
        organization_id=organization.id,
        email=wanted.email,
        email_key=key_of(wanted.email),
        display_name=wanted.display_name,
        functions=list(in_order(wanted.functions)),
        lines=list(wanted.lines),
        ends_at=wanted.ends_at,
        state=State.PENDING.value,
        invited_by=work.actor.id,
        invited_at=work.now,
        expires_at=good_until(work.now, wanted.ends_at),
        letters=1,
        mailed_at=work.now,
        version=1,
    )


def _update(work: Work, found: Invitation, wanted: Wanted) -> Put:
    before = _shown(found)
    values: dict[str, object] = {
        "display_name": wanted.display_name or found.display_name,
        "functions": list(in_order(wanted.functions)),
        "lines": list(wanted.lines),
        "ends_at": wanted.ends_at,
    }
    if all(getattr(found, name) == value for name, value in values.items()):
        return Put(found, "unchanged")
    # Whoever gives last answers for it: nobody accepts what they themselves added. It is given anew, so it lasts anew.
    values |= {"invited_by": work.actor.id, "invited_at": work.now, "expires_at": good_until(work.now, wanted.ends_at)}
    values["version"] = found.version + 1
    if not claimed(work.session.execute(while_pending(found.id, found.version).values(values))):
        raise precondition_failed(_CHANGED)
    work.session.refresh(found)
    work.audit(
        "invitation.changed", target=found.id, organization=found.organization_id, before=before, after=_shown(found)
    )
    return Put(found, "updated")


def _mail_again(work: Work, found: Invitation, organization: Organization) -> Invitation:
    wait = may_write_again(found.letters, found.mailed_at, work.now)
    if wait is not None:
        raise too_many(int(wait.total_seconds()), _TOO_SOON)
    values = {"letters": found.letters + 1, "mailed_at": work.now, "version": found.version + 1}
    if not claimed(work.session.execute(while_pending(found.id, found.version).values(values))):
        raise precondition_failed(_CHANGED)
    work.session.refresh(found)
    _write(work, found, organization)
    work.audit("invitation.sent_again", target=found.id, organization=organization.id, after=_shown(found))
    return found


def _write(work: Work, invitation: Invitation, organization: Organization) -> None:
    secret = work.ids.token()
    hashed = HashBox(work.context.settings.secret_keys).seal(digest_of(secret))
    work.session.add(InvitationLink(secret_hash=hashed, invitation_id=invitation.id))
    letters.invite(work, invitation, organization, secret)


def _shown(found: Invitation) -> dict[str, object]:
    ends_at = found.ends_at.isoformat() if found.ends_at else None
    return {
        "name": found.display_name,
        "email": found.email,
        "functions": list(found.functions),
        "lines": list(found.lines),
        "ends_at": ends_at,
    }
