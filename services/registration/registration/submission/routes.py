"""The API door of applications: read one."""

from flask import Flask
from flask_smorest import Blueprint

from registration.applications.answers import IdentityType
from registration.applications.models import Application
from registration.applications.staff import only_staff
from registration.directory.vault import TinVault
from registration.submission.schemas import ApplicationShown
from shared.auth import requires
from shared.errors import not_found
from shared.web.api import register
from shared.web.door import context, reading

applications = Blueprint("applications", __name__, url_prefix="/api/registration/v1/applications")
applications.before_request(only_staff)


def mount(app: Flask) -> None:
    """Add the views to the app and to its OpenAPI document."""
    register(app, applications)


@applications.get("/<application_id>")
@applications.response(200, ApplicationShown)
@requires("applications.read")
def show(application_id: str) -> dict[str, object]:
    """Read one application."""
    with reading() as session:
        found = session.get(Application, application_id)
    if found is None:
        raise not_found()
    return shown(found, context().part(TinVault))


def shown(application: Application, vault: TinVault) -> dict[str, object]:
    """The application as the API tells it."""
    kind = IdentityType(application.identity_type).kind if application.identity_type else None
    last4 = vault.last4(application.tin_box) if application.tin_box else None
    columns = ("id", "number", "state", "account_id", "organization_id", "organization_name", "route", "profile")
    instants = ("submitted_at", "due_at", "decided_at", "reason_code", "reason")
    told = {name: getattr(application, name) for name in columns + instants}
    return {**told, "kind": kind, "tin_last4": last4, "functions": application.functions or []}
