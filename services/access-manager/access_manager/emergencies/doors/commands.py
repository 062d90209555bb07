"""What an operator does about emergency access on the command line; every act is the one of the console."""

import click

from access_manager.emergencies import service
from access_manager.emergencies.doors.schemas import FINDINGS
from access_manager.emergencies.models import Emergency
from access_manager.emergencies.rules import LONGEST_MINUTES, SHORTEST_MINUTES, USUAL_MINUTES
from shared.cli import as_json_option, open_context, show

_our = click.argument("organization_id")
_one = click.argument("emergency_id")


@click.group("emergencies", help="Emergency access: what is listed for it, and who used it.")
def emergencies_group() -> None:
    """Group of verbs about emergency access."""


@emergencies_group.command("list", help="List the uses of emergency access in an organization.")
@_our
@as_json_option
@click.pass_context
def list_emergencies(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per use."""
    with open_context(place).reading() as session:
        show([_row(each) for each in service.listed(session, organization_id)], as_json)


@emergencies_group.command("allow", help="Replace what members may take up; no function: nothing.")
@_our
@click.option("--function", "functions", multiple=True, help="One function; repeatable.")
@click.option("--minutes", type=click.IntRange(SHORTEST_MINUTES, LONGEST_MINUTES), default=USUAL_MINUTES)
@as_json_option
@click.pass_context
def allow(place: click.Context, organization_id: str, functions: tuple[str, ...], minutes: int, as_json: bool) -> None:
    """Print the list as it stands then."""
    with open_context(place).transaction() as work:
        found = service.set_policy(work, organization_id, functions, minutes)
        show({"functions": list(found.functions), "minutes": found.minutes}, as_json)


@emergencies_group.command("end", help="End somebody's emergency access early.")
@_our
@_one
@as_json_option
@click.pass_context
def end(place: click.Context, organization_id: str, emergency_id: str, as_json: bool) -> None:
    """Print it as it stands then."""
    with open_context(place).transaction() as work:
        show(_row(service.end(work, organization_id, emergency_id)), as_json)


@emergencies_group.command("review", help="Review a use, for an organization whose only manager used it.")
@_our
@_one
@click.argument("finding", type=click.Choice(list(FINDINGS)))
@click.option("--note", default="", help="Why.")
@as_json_option
@click.pass_context
def review(
    place: click.Context, organization_id: str, emergency_id: str, finding: str, note: str, as_json: bool
) -> None:
    """Print it as it stands then."""
    with open_context(place).transaction() as work:
        show(_row(service.review(work, organization_id, emergency_id, finding, note)), as_json)


def _row(found: Emergency) -> dict[str, object]:
    names = ("id", "account_id", "started_at", "ends_at", "ended_at", "reviewed_at", "finding")
    return {"functions": list(found.functions), **{name: getattr(found, name) for name in names}}
