"""The job that writes to people who want to go on: identity is asked outside of any transaction, then one letter goes.

An identity that is away answers at the next round; of two workers one writes.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.invitations.joining import identity, letters, service
from access_manager.invitations.models import Invitation
from access_manager.invitations.states import State
from access_manager.organizations import service as organizations
from shared.errors import Problem
from shared.service import Context

_BATCH = 50
_ASKED = Invitation.asked_at.is_not(None), Invitation.state == State.PENDING.value


def anything(session: Session) -> bool:
    """Whether somebody waits for a letter."""
    return session.scalars(select(Invitation.id).where(*_ASKED).limit(1)).first() is not None


def answer(context: Context) -> int:
    """Write to everybody who waits; return how many letters went."""
    with context.reading() as session:
        waiting = list(session.scalars(select(Invitation).where(*_ASKED).order_by(Invitation.asked_at).limit(_BATCH)))
    return sum(_answer(context, each) for each in waiting)


def _answer(context: Context, invitation: Invitation) -> bool:
    try:
        made = _account(context, invitation)
    except Problem:
        return False
    with context.transaction() as work:
        if not service.answered(work, invitation, made.account_id if made else None):
            return False
        organization = organizations.find(work.session, invitation.organization_id)
        if made is None:
            letters.sign_in(work, invitation, organization)
        else:
            letters.choose(work, invitation, organization, made.activation_url)
    return True


def _account(context: Context, invitation: Invitation) -> identity.Made | None:
    """Return a new account for the address, or None where its person has one."""
    if identity.owners(context.neighbours, invitation.email):
        return None
    back = f"{context.settings.public_url}/manage/join/{invitation.id}"
    language = invitation.asked_in or "en"
    new = identity.Newcomer(invitation.id, invitation.display_name, invitation.email, language, back)
    return identity.make_account(context.neighbours, new)
