"""The one file that knows all rooms of access-manager."""

from datetime import timedelta
from pathlib import Path

from flask import Flask

from access_manager.approvals import pages as approval_pages
from access_manager.approvals import routes as approval_routes
from access_manager.approvals.reminders import remind
from access_manager.commands import commands
from access_manager.console import manager_pages, organization_pages, people_pages
from access_manager.decisions import routes as decision_routes
from access_manager.decisions.tenant import TrialTenant
from access_manager.functions import routes as function_routes
from access_manager.history import pages as history_pages
from access_manager.history import routes as history_routes
from access_manager.memberships import routes as membership_routes
from access_manager.inbox import pages as inbox_pages
from access_manager.mine import asking_pages
from access_manager.mine import pages as own_pages
from access_manager.recoveries import pages as recovery_pages
from access_manager.requests import pages as request_pages
from access_manager.requests import routes as request_routes
from access_manager.settings import AccessManagerSettings
from access_manager.subscriptions import SUBSCRIPTIONS
from shared.service import Context, Job, Service
from shared.web.api import register
from shared.web.signin import install_signin

_APIS = (function_routes, membership_routes, approval_routes, history_routes, request_routes)
_PAGES = (
    inbox_pages,
    approval_pages,
    request_pages,
    organization_pages,
    people_pages,
    manager_pages,
    recovery_pages,
    history_pages,
    own_pages,
    asking_pages,
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
    jobs=(Job("approval-reminders", timedelta(minutes=15), remind),),
    commands=commands,
)
