"""The room, put together for `identity/app.py`: parts, doors, jobs and commands."""

import click
from flask import Flask

from identity.oidc import provider, routes
from identity.oidc.apps import pages as app_pages
from identity.oidc.apps import routes as app_routes
from identity.oidc.commands import bootstrap_command, clients_group, keys_group
from identity.oidc.device import pages as device_pages
from identity.oidc.failures.recorder import Recorder
from identity.oidc.housekeeping import JOBS as HOUSEKEEPING
from identity.oidc.logout.deliveries.courier import JOBS as SIGN_OUTS
from identity.oidc.logout.deliveries.courier import Courier
from identity.oidc.openings.asking import JOBS as OPENINGS
from shared.service import Context
from shared.web.api import register

__all__ = ["JOBS", "build", "commands", "mount"]

JOBS = (*HOUSEKEEPING, *OPENINGS, *SIGN_OUTS)


def build(context: Context) -> None:
    """Make what a process keeps: key ring, secrets, metadata."""
    made = provider.build(context)
    context.add_part(made)
    context.add_part(made.secrets)
    context.add_part(made.clients)
    context.add_part(made.ring)
    context.add_part(Courier(context))
    context.add_part(Recorder(context))


def mount(app: Flask, _context: Context) -> None:
    """Hang the addresses on the app."""
    routes.add(app)
    app.register_blueprint(app_pages.blueprint)
    app.register_blueprint(device_pages.blueprint)
    register(app, app_routes.blueprint)


def commands(group: click.Group) -> None:
    """Add the administrator's acts to the program."""
    for command in (clients_group, keys_group, bootstrap_command):
        group.add_command(command)
