"""Every door of the operators, for `app` to hang: pages, JSON APIs, commands."""

import click

from identity.operators import terms_pages
from identity.operators.governance import commands as policy_commands
from identity.operators.governance import organization_pages, routes
from identity.operators.governance import pages as policy_pages
from identity.operators.people import commands as people_commands
from identity.operators.people import pages as people_pages
from identity.operators.people import routes as people_routes
from identity.operators.record import pages as record_pages
from identity.operators.record import routes as record_routes

PAGES = (
    people_pages.blueprint,
    policy_pages.blueprint,
    organization_pages.blueprint,
    terms_pages.blueprint,
    record_pages.blueprint,
)
APIS = (people_routes.blueprint, routes.blueprint, record_routes.blueprint)


def add_commands(group: click.Group, accounts_group: click.Group) -> None:
    """Add `identity policies`, and the acts on accounts under `identity accounts`."""
    group.add_command(policy_commands.policies_group)
    for command in people_commands.commands():
        accounts_group.add_command(command)
