"""`migrate`: the database brought to the revision of this program."""

import click

from shared.cli import open_alone
from shared.db.migrate import migrate as bring_up


@click.command("migrate", help="Bring the database to this program's revision; safe to run twice and side by side.")
@click.pass_context
def migrate(place: click.Context) -> None:
    """Say which revisions were applied."""
    context = open_alone(place)
    applied = bring_up(context.database, context.service.migrations)
    click.echo(f"{context.service.name}: " + (f"applied {', '.join(applied)}" if applied else "up to date"))
