"""What an operator asks about deputies on the command line."""

from datetime import UTC, datetime

import click

from access_manager.deputies import service
from access_manager.deputies.service import Naming
from access_manager.memberships.models import Deputy
from access_manager.rules.deputies import DELEGABLE, Period
from shared.cli import as_json_option, open_context, show

_INSTANT = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])


@click.group("deputies", help="Members who act on behalf of an access manager.")
def deputies_group() -> None:
    """Group of the commands below."""


@deputies_group.command("list", help="List who acts for a manager now, or will.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_deputies(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per deputy."""
    context = open_context(place)
    with context.reading() as session:
        show([_row(each) for each in service.standing_in(session, organization_id, context.clock.now())], as_json)


@deputies_group.command("name", help="Name a member the deputy of a manager, by account and membership.")
@click.argument("organization_id")
@click.argument("manager_account_id")
@click.argument("membership_id")
@click.option("--scope", "scopes", type=click.Choice(tuple(DELEGABLE)), multiple=True, required=True)
@click.option("--from", "starts_at", type=_INSTANT, default=None, help="In UTC; now if left out.")
@click.option("--until", "ends_at", type=_INSTANT, required=True, help="In UTC, at most 90 days later.")
@as_json_option
@click.pass_context
def name_deputy(
    place: click.Context,
    organization_id: str,
    manager_account_id: str,
    membership_id: str,
    scopes: tuple[str, ...],
    starts_at: datetime | None,
    ends_at: datetime,
    as_json: bool,
) -> None:
    """Write to both, as when the manager does it."""
    with open_context(place).transaction() as work:
        period = Period(starts_at.replace(tzinfo=UTC) if starts_at else work.now, ends_at.replace(tzinfo=UTC))
        made = service.name(work, organization_id, Naming(membership_id, scopes, period, manager_account_id))
    show([_row(made)], as_json)


@deputies_group.command("end", help="End it now.")
@click.argument("organization_id")
@click.argument("deputy_id")
@as_json_option
@click.pass_context
def end_deputy(place: click.Context, organization_id: str, deputy_id: str, as_json: bool) -> None:
    """Write to both."""
    with open_context(place).transaction() as work:
        ended = service.end(work, organization_id, deputy_id)
    show([_row(ended)], as_json)


def _row(found: Deputy) -> dict[str, object]:
    return {
        "deputy_id": found.id,
        "account_id": found.deputy_id,
        "manager_account_id": found.manager_id,
        "scopes": list(found.scopes),
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
    }
