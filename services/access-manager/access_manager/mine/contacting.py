"""The one way to those who decide for somebody who is not let in yet: a form, and no name or address of theirs (G15).

What can be said is chosen from a list: a mail of ours with a stranger's own words, and perhaps a link, would be
believed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.approvals.flow import State
from access_manager.approvals.models import Approval
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import stand_ins
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import within
from access_manager.words import LOCALE
from shared.db.floor import audit_entries
from shared.errors import not_found, too_many
from shared.i18n import say, translations
from shared.service import Work

MESSAGES: Mapping[str, str] = {
    "waits": say("I still wait for a decision"),
    "changed": say("My work has changed since I asked"),
    "question": say("I have a question about my request"),
}
_ACT, _A_DAY = "approval.asked_about", timedelta(days=1)
_TOO_OFTEN = say("You have written within the last day. An answer comes to your e-mail address.")


def waits_for(session: Session, account_id: str, now: datetime) -> list[Approval]:
    """The open requests of somebody that a manager, or who stands in for one, decides about."""
    mine = select(Approval).where(Approval.account_id == account_id, Approval.state == State.OPEN.value)
    found = session.scalars(mine.order_by(Approval.submitted_at, Approval.id)).all()
    return [each for each in found if _deciders(session, each, now)]


def written(session: Session, account_id: str, now: datetime) -> bool:
    """Whether they wrote within the last day."""
    lately = (audit_entries.c.target == account_id, audit_entries.c.action == _ACT, audit_entries.c.at > now - _A_DAY)
    return session.execute(select(audit_entries.c.number).where(*lately).limit(1)).first() is not None


def write(work: Work, message: str) -> None:
    """Send one of `MESSAGES` to everybody who decides about the actor's open requests; once a day.

    Raises 404 for whoever waits for no decision of a manager, 429 within a day of the last.
    """
    waiting = waits_for(work.session, work.actor.id, work.now)
    if not waiting:
        raise not_found()
    if written(work.session, work.actor.id, work.now):
        raise too_many(int(_A_DAY.total_seconds()), _TOO_OFTEN)
    for approval in waiting:
        _mail(work, approval, message)
        after = {"approval": approval.id, "message": message}
        work.audit(_ACT, target=work.actor.id, organization=approval.organization_id, after=after)


def _mail(work: Work, approval: Approval, message: str) -> None:
    words = translations(work.context.settings.languages[0], LOCALE)
    organization = organizations.find(work.session, approval.organization_id)
    subject = words.gettext("%(person)s writes about their request", person=approval.display_name)
    text = words.gettext(
        "%(person)s asked for access to %(organization)s and writes:\n\n  %(message)s\n\n"
        "They do not see who you are. You can answer to %(email)s, or decide about the request:\n\n%(link)s\n",
        person=approval.display_name,
        organization=organization.name,
        message=words.gettext(MESSAGES[message]),
        email=approval.email,
        link=f"{work.context.settings.public_url}/manage/requests/{approval.id}",
    )
    # Two presses in one moment are one letter.
    key = f"asked-about:{approval.id}:{work.now.date().isoformat()}"
    for account_id, manager in people.names(work.session, _deciders(work.session, approval, work.now)).items():
        if manager.email:
            work.mail(manager.email, subject, text, key=f"{key}:{account_id}")


def _deciders(session: Session, approval: Approval, now: datetime) -> Sequence[str]:
    seated = memberships.managers(session, approval.organization_id)
    within_reach = [each.account_id for each in seated if within(each.lines, approval.lines)]
    return within_reach + stand_ins(session, approval.organization_id, Scope.REQUESTS, approval.lines, now)
