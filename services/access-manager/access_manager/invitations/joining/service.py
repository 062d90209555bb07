"""Use cases of the invited person: find the invitation behind a link, ask for an account, say yes."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from access_manager.invitations.models import Invitation, InvitationLink, in_time, while_pending
from access_manager.invitations.states import ANSWER_PAUSE, State, may_accept
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import insist_holdable
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.crypto import HashBox, digest_of, keyed_sha256
from shared.db import claimed
from shared.errors import Problem, not_found
from shared.sealed import Sealed
from shared.service import Actor, Work


def by_secret(session: Session, keys: Sequence[bytes], secret: str) -> Invitation | None:
    """Return what a link leads to, or None. Changes nothing: scanners look too. Any key of ours may have hashed."""
    # Letters of before decision 0060 are known by HMAC, which ties them to their key.
    former = [Sealed(keyed_sha256(key, secret)) for key in keys]
    hashes = [*HashBox(keys).forms(digest_of(secret)), *former]
    link = select(InvitationLink.invitation_id).where(InvitationLink.secret_hash.in_(hashes))
    return session.scalars(select(Invitation).where(Invitation.id.in_(link))).one_or_none()


def existing(session: Session, invitation_id: str) -> Invitation:
    """Return the invitation; raises 404."""
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise not_found()
    return found


def ask(work: Work, invitation: Invitation, language: str) -> bool:
    """Note that the person wants to go on without signing in; False within a minute of the last letter.

    A job writes to them: so the page takes as long, and says the same, whether or not they have an account.
    """
    rested = or_(Invitation.answered_at.is_(None), Invitation.answered_at <= work.now - ANSWER_PAUSE)
    wanted = in_time(invitation.id, work.now).where(Invitation.asked_at.is_(None), rested)
    return claimed(work.session.execute(wanted.values(asked_at=work.now, asked_in=language)))


def accept(work: Work, invitation_id: str, account_id: str, display_name: str) -> Invitation:
    """Give the account exactly what is listed, once: one guarded UPDATE, and the membership in this transaction.

    The caller has proved that the account's person owns the invited address. Accepting again changes nothing.
    Raises 404, the refusals of `may_accept` and `may_hold`.
    """
    found = existing(work.session, invitation_id)
    organization = organizations.hold(work, found.organization_id)
    work.session.refresh(found)
    if found.state == State.ACCEPTED and found.account_id == account_id:
        return found
    insist(
        may_accept(State(found.state), found.expires_at, inviter=found.invited_by, account_id=account_id, now=work.now)
    )
    insist(Refusal.INVITATION_EXPIRED if _ended_since(work.session, found, account_id) else None)
    insist_holdable(organization, found.functions)
    values = {"state": State.ACCEPTED.value, "account_id": account_id, "settled_at": work.now, "settled_by": account_id}
    if not claimed(work.session.execute(in_time(found.id, work.now).values(**values, version=found.version + 1))):
        raise refuse(Refusal.INVITATION_EXPIRED)
    work.session.refresh(found)
    _learn(work, found, account_id, display_name)
    work.audit(
        "invitation.accepted",
        target=account_id,
        organization=organization.id,
        before={"invitation": found.id, "invited_by": found.invited_by},
        after={"functions": list(found.functions), "lines": list(found.lines)},
    )
    memberships.grant(
        work,
        organization,
        account_id,
        found.functions,
        source=f"invitation:{found.id}",
        ends_at=found.ends_at,
        lines=found.lines,
        agreed=True,  # what needs a second manager was asked when it was given, not of who accepts it
    )
    return found


def opened(work: Work, reference: str, account_id: str) -> None:
    """The account that was made for an invitation is taken by its person: that is their yes.

    Where the invitation ended meanwhile they have an account without access, and their pages say so.
    """
    found = work.session.get(Invitation, reference)
    if found is None or found.account_id != account_id:
        return
    work.actor = Actor(account_id, "person", "provider")
    try:
        accept(work, found.id, account_id, found.display_name)
    except Problem as problem:
        work.audit("invitation.refused", target=account_id, organization=found.organization_id, reason=problem.slug)


def answered(work: Work, seen: Invitation, account_id: str | None) -> bool:
    """Note that a letter goes out now for what was asked; False where somebody else wrote it or it ended meanwhile."""
    mine = while_pending(seen.id).where(Invitation.asked_at == seen.asked_at)
    values: dict[str, object] = {"asked_at": None, "answered_at": work.now}
    if account_id is not None:
        values["account_id"] = account_id
    return claimed(work.session.execute(mine.values(values)))


def _ended_since(session: Session, found: Invitation, account_id: str) -> bool:
    """Whether the person's access was removed or suspended after it was offered: an old letter does not undo that."""
    same = select(Membership).where(
        Membership.account_id == account_id, Membership.organization_id == found.organization_id
    )
    held = session.scalars(same).one_or_none()
    return held is not None and held.status != ACTIVE and held.changed_at > found.invited_at


def _learn(work: Work, found: Invitation, account_id: str, display_name: str) -> None:
    """What the person is called they say themself; the invited address counts until identity tells a main one."""
    known = people.names(work.session, [account_id]).get(account_id)
    people.learn(work, account_id, display_name, "" if known is not None and known.email else found.email)
