"""Use cases around submission: submit once, whoever calls first; withdraw."""

from registration.applications import letters, models
from registration.applications import service as applications
from registration.applications.answers import IdentityType
from registration.applications.models import Application
from registration.applications.states import Act
from registration.directory import service as directory
from registration.directory.service import TinFacts
from registration.submission import routing
from registration.submission.routing import DirectoryFacts, Ground, OrganizationFacts, Route, Routing
from registration.vetting import business_days
from registration.vetting import service as vetting
from shared.errors import not_found
from shared.i18n import Message, say
from shared.service import Work

REFUSAL: dict[str, Message] = {
    Ground.NO_CLAIM: say(
        "The organization has no contract with the payer and has not submitted a claim yet. "
        "Apply again after its first claim has been submitted."
    )
}


def submit(work: Work, application_id: str, account_id: str) -> bool:
    """Submit an application whose account is open, once.

    Run by the page the browser returns to and by the `account.opened` handler, in any order and any
    number of times: one guarded UPDATE decides whose turn it is. False when there is nothing to do.
    """
    due_at = business_days.due_at(work.now)
    facts = {"submitted_at": work.now, "due_at": due_at, "account_id": account_id}
    if not models.move(work.session, application_id, Act.SUBMIT, **facts):
        return False
    application = applications.current(work, application_id)
    known = directory.facts(work, application.tin_index)
    decided = _route(application, known)
    application.route, application.organization_id = decided.route, decided.organization_id
    work.session.flush()
    work.audit("application.submitted", target=application_id, after={"route": decided.route})
    letters.tell_submitted(work, application)
    _send_on(work, application, decided, known)
    return True


def withdraw(work: Work, application_id: str, account_id: str) -> bool:
    """Take an application back for its own applicant; False when it is past withdrawing. Raises 404."""
    application = applications.current(work, application_id)
    if application.account_id != account_id:
        raise not_found()
    vetting.close_withdrawn(work, application_id)  # the case first, like the desk, or the two wait for each other
    if not models.move(work.session, application_id, Act.WITHDRAW, decided_at=work.now):
        return False
    application = applications.current(work, application_id)
    work.publish(
        "application.withdrawn",
        subject=application_id,
        sequence=application.version,
        data={
            "application_id": application_id,
            "account_id": account_id,
            "organization_id": application.organization_id,
            "withdrawn_at": work.now,
        },
    )
    work.audit("application.withdrawn", target=application_id)
    letters.tell_withdrawn(work, application)
    return True


def _route(application: Application, known: TinFacts) -> Routing:
    entry, organization = known.entry, known.organization
    return routing.route(
        has_tin=bool(application.has_tin),
        entry=DirectoryFacts(entry.contracted, entry.claim_submitted) if entry else None,
        organization=OrganizationFacts(organization.id, organization.manager_count) if organization else None,
    )


def _send_on(work: Work, application: Application, decided: Routing, known: TinFacts) -> None:
    if decided.route is Route.REFUSED and decided.ground is not None:
        applications.deny(work, application.id, reason_code=decided.ground, reason=REFUSAL[decided.ground])
        return
    if decided.route is Route.VETTING and application.due_at is not None:
        models.move(work.session, application.id, Act.VET)
        application = applications.current(work, application.id)
        vetting.open_case(work, application, application.due_at or work.now)
    _announce(work, application, known)


def _announce(work: Work, application: Application, known: TinFacts) -> None:
    work.publish(
        "user.registered",
        subject=application.id,
        sequence=application.version,
        data={
            "application_id": application.id,
            "account_id": application.account_id,
            "person": {
                "display_name": application.display_name,
                "email": application.email,
                "mobile": application.mobile,
            },
            "kind": IdentityType(application.identity_type or "").kind,
            "organization_id": application.organization_id,
            "organization_name": known.entry.name if known.entry else application.organization_name,
            "route": application.route,
            "functions": application.functions or [],
            "profile": application.profile,
            "submitted_at": application.submitted_at,
            "due_at": application.due_at,
        },
    )
