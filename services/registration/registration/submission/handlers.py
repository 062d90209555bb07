"""The event door: an account was opened; an approval was asked for, or decided."""

from registration.applications import service as applications
from registration.applications.models import Application
from registration.submission import service
from shared.events import Event
from shared.service import Work


def account_opened(work: Work, event: Event) -> None:
    """The applicant has chosen user ID and password: submit, if the return page has not."""
    reference = str(event.data.get("reference") or "")
    application = work.session.get(Application, reference)
    if application is not None and application.account_id in (None, event.data["account_id"]):
        service.submit(work, reference, str(event.data["account_id"]))


def approval_required(work: Work, event: Event) -> None:
    """The organization's managers were asked."""
    applications.await_managers(work, str(event.data["application_id"]))


def approval_decided(work: Work, event: Event) -> None:
    """A manager decided; late news about an application already decided or withdrawn changes nothing."""
    application_id = str(event.data["application_id"])
    if event.data["outcome"] == "denied":
        reason = str(event.data.get("reason") or "")
        applications.deny(work, application_id, reason_code="manager_denied", reason=reason)
        return
    functions = event.data["functions"]
    applications.approve(
        work,
        application_id,
        functions=[str(each) for each in functions] if isinstance(functions, list) else [],
        organization_id=str(event.data["organization_id"]),
    )
