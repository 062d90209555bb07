"""Every door of the desk of clients, for `app` to hang: pages, the JSON API, commands."""

import click

from identity.clients_desk.pages import checks, editing, handling, keys, listing, tokens
from identity.clients_desk.programs import commands, routes

PAGES = (
    editing.blueprint,
    listing.blueprint,
    handling.blueprint,
    checks.blueprint,
    tokens.blueprint,
    keys.blueprint,
)
APIS = (routes.blueprint,)


def add_commands(group: click.Group, clients_group: click.Group) -> None:
    """Add the acts on clients under `identity clients`, and `identity registration-tokens`."""
    group.add_command(commands.registration_tokens)
    for command in commands.of_clients():
        clients_group.add_command(command)
