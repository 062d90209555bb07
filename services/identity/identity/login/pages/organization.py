"""The page door of the organization: for which one a person of several works now."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.entitlements import service as entitlements
from identity.login import service, steps
from identity.login.flow import Step
from identity.login.pages.carried import at, person
from identity.login.pages.forms import OrganizationForm
from identity.login.steps import Place
from identity.sessions.service import SessionView
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("organization", __name__, url_prefix="/login")


@blueprint.get("/organization")
@at(Step.ORGANIZATION)
def show(_place: Place, present: SessionView) -> ResponseReturnValue:
    """Ask for the organization."""
    return _form(present, {})


@blueprint.post("/organization")
@at(Step.ORGANIZATION)
def submit(place: Place, present: SessionView) -> ResponseReturnValue:
    """Remember the organization in the session."""
    values, errors = read_form(OrganizationForm)
    if errors:
        return _form(present, errors)
    with transaction(person(present)) as work:
        chosen = service.choose_organization(work, present, values["organization_id"])
    if not chosen:
        return _form(present, {"organization_id": _("Choose one of the organizations listed here")})
    return steps.again(place.ticket)  # the organization may ask for a stronger sign-in than the app


def _form(present: SessionView, errors: Errors) -> Response:
    now = context().clock.now()
    with reading() as session:
        held = entitlements.active(session, present.account_id, now)
    options = [(one.organization["id"], one.organization["name"]) for one in held]
    return page("login/organization.html", 422 if errors else 200, errors=errors, options=options)
