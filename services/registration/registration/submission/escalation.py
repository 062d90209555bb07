"""When those who were asked cannot or do not answer, and when somebody can: requests change hands.

managers silent until the due date ─▶ the desk (the managers may still be first)
the last manager left              ─▶ the desk, at once
the organization got a manager     ─▶ from the desk to the managers
"""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registration.applications import letters, models
from registration.applications import service as applications
from registration.applications.models import Application
from registration.applications.states import Act, State
from registration.directory import service as directory
from registration.directory.models import Organization
from registration.submission import service
from registration.submission.routing import Route
from registration.vetting import business_days
from registration.vetting import service as vetting
from registration.vetting.cases import Ground
from shared.service import Work

# Managers who are asked on the desk's last day still get time to look.
_DAYS_TO_LOOK = 3
_WITH_MANAGERS = (State.SUBMITTED, State.AWAITING_MANAGER)


def unanswered(session: Session, now: datetime, limit: int) -> list[str]:
    """Ids of the requests whose managers let the due date pass, the oldest first."""
    silent = select(Application.id).where(
        Application.due_at < now, Application.state.in_(_WITH_MANAGERS), Application.route == Route.MANAGERS
    )
    return list(session.scalars(silent.order_by(Application.due_at).limit(limit)))


def answerable(session: Session, limit: int) -> list[str]:
    """Ids of the requests at the desk whose organization has a manager: an event that crossed a submission."""
    crossed = (
        select(Application.id)
        .join(Organization, Organization.tin_index == Application.tin_index)
        .where(
            Application.state == State.VETTING,
            Application.route == Route.VETTING,
            Organization.manager_count > 0,
        )
    )
    return list(session.scalars(crossed.limit(limit)))


def escalate(work: Work, application_id: str) -> bool:
    """Give a request whose managers stayed silent to the desk, and tell the applicant; False when it is decided."""
    if not _to_the_desk(work, application_id, Ground.MANAGERS_SILENT, business_days.due_at(work.now)):
        return False
    letters.tell_late(work, applications.current(work, application_id))
    return True


def hand_on(work: Work, application_id: str, organization_id: str) -> bool:
    """Give a request from the desk to the managers its organization has now; False when it is decided.

    The promise to the applicant stands, unless it leaves the managers no time to look.
    """
    application = applications.current(work, application_id)
    vetting.hand_on(work, application_id)  # the case first, like the desk, or the two wait for each other
    due_at = max(application.due_at or work.now, business_days.due_at(work.now, _DAYS_TO_LOOK))
    facts = {"route": Route.MANAGERS, "organization_id": organization_id, "due_at": due_at}
    if not models.move(work.session, application_id, Act.REROUTE, **facts):
        return False
    application = applications.current(work, application_id)
    work.audit("application.handed_on", target=application_id, organization=organization_id)
    service.announce(work, application, directory.facts(work, application.tin_index))
    return True


def follow_managers(work: Work, organization_id: str) -> None:
    """Let the requests of an organization follow the count of its managers, whatever news brought it."""
    organization = work.session.get(Organization, organization_id)
    if organization is None:
        return
    if organization.manager_count > 0:
        for application_id in _at_the_desk(work.session, organization):
            hand_on(work, application_id, organization_id)
        return
    for application in _with_managers(work.session, organization_id):
        _to_the_desk(work, application.id, Ground.FIRST_PERSON, application.due_at or work.now, route=Route.VETTING)


def follow_crossed(work: Work, application_id: str) -> bool:
    """Hand one request of `answerable` on; False when somebody was faster."""
    application = applications.current(work, application_id)
    organization = directory.facts(work, application.tin_index).organization
    return organization is not None and hand_on(work, application_id, organization.id)


def _to_the_desk(work: Work, application_id: str, ground: Ground, due_at: datetime, **facts: object) -> bool:
    if not models.move(work.session, application_id, Act.VET, **facts):
        return False
    vetting.open_case(work, applications.current(work, application_id), due_at, ground)
    work.audit("application.escalated", target=application_id, after={"ground": ground})
    return True


def _at_the_desk(session: Session, organization: Organization) -> list[str]:
    """Not those whose managers were silent: they have been asked."""
    same = Application.organization_id == organization.id
    if organization.tin_index:
        same = or_(same, Application.tin_index == organization.tin_index)
    waiting = select(Application.id).where(same, Application.state == State.VETTING, Application.route == Route.VETTING)
    return list(session.scalars(waiting.order_by(Application.id)))


def _with_managers(session: Session, organization_id: str) -> list[Application]:
    waiting = select(Application).where(
        Application.organization_id == organization_id,
        Application.state.in_(_WITH_MANAGERS),
        Application.route == Route.MANAGERS,
    )
    return list(session.scalars(waiting.order_by(Application.id)))
