"""What an operator asks of dormancy on the command line."""

import click

from access_manager.dormancy import service
from shared.cli import as_json_option, open_context, show
from shared.service import SYSTEM


@click.group("dormant", help="People who have stopped signing in.")
def dormant_group() -> None:
    """Group of verbs about people who do not sign in."""


@dormant_group.command("list", help="List who was warned or is suspended at an organization.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_dormant(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per person."""
    context = open_context(place)
    with context.reading() as session:
        found = service.sleepers(session, SYSTEM, organization_id, context.clock.now())
        show([{"membership_id": each.member.id, "status": each.member.status} for each in found], as_json)


@dormant_group.command("lift", help="Let a suspended member work again, with what they held.")
@click.argument("organization_id")
@click.argument("membership_id")
@click.pass_context
def lift(place: click.Context, organization_id: str, membership_id: str) -> None:
    """Print the membership's status."""
    with open_context(place).transaction() as work:
        click.echo(service.lift(work, organization_id, membership_id).status)
