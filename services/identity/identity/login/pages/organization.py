"""The page door of the organization: for which one a person of several works now."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.entitlements import service as entitlements
from identity.login import service, steps
from identity.login.flow import Step
from identity.login.pages.carried import person
from identity.login.pages.forms import OrganizationForm
from identity.sessions.service import SessionView
from shared.auth import open_page
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("organization", __name__, url_prefix="/login")
_WHY = "the session and the flow decide; without them it leads to the first step"


@blueprint.get("/organization")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Ask for the organization, if that is the step that is missing."""
    place = steps.find()
    if place.step is not Step.ORGANIZATION or place.present is None:
        return steps.onward(place.ticket, place.step)
    return _form(place.present, {})


@blueprint.post("/organization")
@open_page(_WHY)
def submit() -> ResponseReturnValue:
    """Remember the organization in the session."""
    place = steps.find()
    if place.step is not Step.ORGANIZATION or place.present is None:
        return steps.onward(place.ticket, place.step)
    values, errors = read_form(OrganizationForm)
    if errors:
        return _form(place.present, errors)
    with transaction(person(place.present)) as work:
        chosen = service.choose_organization(work, place.present, values["organization_id"])
    if not chosen:
        return _form(place.present, {"organization_id": _("Choose one of the organizations listed here")})
    return steps.again(place.ticket)  # the organization may ask for a stronger sign-in than the app


def _form(present: SessionView, errors: Errors) -> Response:
    now = context().clock.now()
    with reading() as session:
        held = entitlements.active(session, present.account_id, now)
    options = [(one.organization["id"], one.organization["name"]) for one in held]
    return page("login/organization.html", 422 if errors else 200, errors=errors, options=options)
