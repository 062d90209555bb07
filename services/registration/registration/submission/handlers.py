"""The event door: an account was opened; an approval was asked for, or decided; an organization's managers changed."""

from registration.applications import models
from registration.applications import service as applications
from registration.applications.models import Application
from registration.directory import handlers as directory
from registration.submission import escalation, service
from registration.vetting import service as vetting
from registration.vetting.dormant import handlers as dormant
from shared.events import Event
from shared.service import Work


def account_opened(work: Work, event: Event) -> None:
    """The applicant has chosen user ID and password: submit what waits for that, if the return page has not."""
    account_id = str(event.data["account_id"])
    first = work.session.get(Application, str(event.data.get("reference") or ""))
    if first is not None and first.account_id is None:
        service.submit(work, first.id, account_id)
    for each in models.of_account(work.session, account_id):
        service.submit(work, each.id, account_id)


def approval_required(work: Work, event: Event) -> None:
    """The organization's managers were asked."""
    applications.await_managers(work, str(event.data["application_id"]))


def approval_decided(work: Work, event: Event) -> None:
    """A manager decided; late news about an application already decided or withdrawn changes nothing.

    Where the desk had taken over from silent managers, its case is closed: the first decision wins. Only the managers
    of the organization that was asked decide: what another one says of the application is nothing.
    """
    application_id, organization_id = str(event.data["application_id"]), str(event.data["organization_id"])
    asked = work.session.get(Application, application_id)
    if asked is not None and asked.organization_id not in (None, organization_id):
        return
    vetting.hand_on(work, application_id)
    if event.data["outcome"] == "denied":
        reason = str(event.data.get("reason") or "")
        applications.deny(work, application_id, reason_code="manager_denied", reason=reason)
        return
    functions = event.data["functions"]
    applications.approve(
        work,
        application_id,
        functions=[str(each) for each in functions] if isinstance(functions, list) else [],
        organization_id=organization_id,
    )


def manager_changed(work: Work, event: Event) -> None:
    """Keep the count of managers, and let waiting requests follow it; the desk need not call for one who is away."""
    directory.manager_changed(work, event)
    dormant.manager_changed(work, event)
    escalation.follow_managers(work, str(event.data["organization_id"]))


def organization_changed(work: Work, event: Event) -> None:
    """Keep what is told of the organization, and let waiting requests follow the count of its managers."""
    directory.organization_changed(work, event)
    escalation.follow_managers(work, event.subject)
