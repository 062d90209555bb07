"""The one file that knows all rooms of access-manager."""

from datetime import timedelta
from pathlib import Path

from flask import Flask

from access_manager.adding.doors import pages as adding_pages
from access_manager.adding.doors import routes as adding_routes
from access_manager.approvals.doors import pages as approval_pages
from access_manager.approvals.doors import routes as approval_routes
from access_manager.approvals.reminders import remind
from access_manager.commands import commands
from access_manager.console import organization_pages
from access_manager.decisions import routes as decision_routes
from access_manager.decisions.tenant import TrialTenant
from access_manager.deputies import pages as deputy_pages
from access_manager.deputies import routes as deputy_routes
from access_manager.dormancy import pages as dormancy_pages
from access_manager.dormancy import routes as dormancy_routes
from access_manager.emergencies.doors import own_pages as own_emergency_pages
from access_manager.emergencies.doors import pages as emergency_pages
from access_manager.emergencies.doors import routes as emergency_routes
from access_manager.emergencies.service import announce
from access_manager.functions import routes as function_routes
from access_manager.history import pages as history_pages
from access_manager.history import routes as history_routes
from access_manager.housekeeping import JOBS
from access_manager.inbox import mail_pages
from access_manager.inbox import pages as inbox_pages
from access_manager.inbox import routes as inbox_routes
from access_manager.invitations import pages as invitation_pages
from access_manager.invitations import routes as invitation_routes
from access_manager.invitations.joining import pages as joining_pages
from access_manager.memberships.doors import routes as membership_routes
from access_manager.mine import asking_pages
from access_manager.mine import pages as own_pages
from access_manager.mine import routes as own_routes
from access_manager.proposals.doors import manager_pages
from access_manager.proposals.doors import pages as proposal_pages
from access_manager.proposals.doors import routes as proposal_routes
from access_manager.recoveries import pages as recovery_pages
from access_manager.recoveries import routes as recovery_routes
from access_manager.requests import pages as request_pages
from access_manager.requests import routes as request_routes
from access_manager.reviews.doors import pages as review_pages
from access_manager.reviews.doors import routes as review_routes
from access_manager.roster import line_pages, list_pages, person_pages
from access_manager.roster import routes as roster_routes
from access_manager.settings import AccessManagerSettings
from access_manager.subscriptions import SUBSCRIPTIONS
from access_manager.third_parties.doors import pages as partner_pages
from access_manager.third_parties.doors import routes as partner_routes
from access_manager.third_parties.doors import staff_pages as partner_staff_pages
from access_manager.third_parties.staff import lapse
from shared.service import Context, Job, Service
from shared.web.api import register
from shared.web.signin import install_signin

_APIS = (
    function_routes,
    membership_routes,
    roster_routes,
    approval_routes,
    history_routes,
    request_routes,
    own_routes,
    recovery_routes,
    inbox_routes,
    review_routes,
    dormancy_routes,
    proposal_routes,
    deputy_routes,
    invitation_routes,
    adding_routes,
    partner_routes,
    emergency_routes,
)
_PAGES = (
    inbox_pages,
    mail_pages,
    approval_pages,
    request_pages,
    organization_pages,
    list_pages,
    invitation_pages,
    adding_pages,
    joining_pages,
    person_pages,
    line_pages,
    manager_pages,
    proposal_pages,
    deputy_pages,
    recovery_pages,
    history_pages,
    own_pages,
    asking_pages,
    review_pages,
    dormancy_pages,
    partner_pages,
    partner_staff_pages,
    emergency_pages,
    own_emergency_pages,
)


def build(context: Context) -> None:
    """Read the trial tenant, if there is one; every other fact is a row."""
    path = context.settings_as(AccessManagerSettings).trial_tenant
    context.add_part(TrialTenant.model_validate_json(Path(path).read_bytes()) if path else TrialTenant())


def mount(app: Flask, _context: Context) -> None:
    """Put every door on the app: the decision point, the JSON API, the console and its sign-in."""
    app.register_blueprint(decision_routes.blueprint)
    for room in _APIS:
        register(app, room.blueprint)
    for pages in _PAGES:
        app.register_blueprint(pages.blueprint)
    install_signin(app, "/manage")


SERVICE = Service(
    name="access-manager",
    api="access",
    package="access_manager",
    folder=Path(__file__).resolve().parent.parent,
    settings=AccessManagerSettings,
    prefixes=("/manage", "/access", "/api/access", "/.well-known/authzen-configuration"),
    build=build,
    mount=mount,
    subscriptions=SUBSCRIPTIONS,
    jobs=(
        Job("partner-ends", timedelta(minutes=1), lapse),
        Job("emergency-ends", timedelta(minutes=1), announce),
        Job("approval-reminders", timedelta(minutes=15), remind),
        *JOBS,
    ),
    commands=commands,
)
