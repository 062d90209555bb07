"""What an operator does about managers, proposals, four eyes and lines of business on the command line.

An operator acts as a program does: at once, under the rules of how many managers there are.
"""

import click

from access_manager.memberships import seats
from access_manager.memberships import service as memberships
from access_manager.memberships.models import Membership
from access_manager.proposals import answering, making, service
from access_manager.proposals.models import Proposal
from shared.cli import as_json_option, open_context, show
from shared.contracts.registration import LINES_OF_BUSINESS


@click.group("managers", help="The access managers of an organization.")
def managers_group() -> None:
    """Group of the commands about seats."""


@managers_group.command("seat", help="Make a member an access manager: at most 15.")
@click.argument("organization_id")
@click.argument("membership_id")
@as_json_option
@click.pass_context
def seat(place: click.Context, organization_id: str, membership_id: str, as_json: bool) -> None:
    """At once; exit 1 where the rules refuse it."""
    with open_context(place).transaction() as work:
        show([_member(seats.promote(work, organization_id, membership_id))], as_json)


@managers_group.command("end", help="End the role of an access manager, never of the last one.")
@click.argument("organization_id")
@click.argument("membership_id")
@as_json_option
@click.pass_context
def end(place: click.Context, organization_id: str, membership_id: str, as_json: bool) -> None:
    """At once; exit 1 where the rules refuse it."""
    with open_context(place).transaction() as work:
        show([_member(seats.demote(work, organization_id, membership_id))], as_json)


@managers_group.command("four-eyes", help="Whether giving sensitive functions takes two managers.")
@click.argument("organization_id")
@click.argument("wanted", type=click.Choice(("on", "off")))
@click.pass_context
def four_eyes(place: click.Context, organization_id: str, wanted: str) -> None:
    """At once."""
    with open_context(place).transaction() as work:
        making.want_four_eyes(work, organization_id, wanted=wanted == "on")
    click.echo(wanted)


@managers_group.command("lines", help="Limit a member to lines of business; none named means all.")
@click.argument("organization_id")
@click.argument("membership_id")
@click.option("--line", "lines", type=click.Choice(LINES_OF_BUSINESS), multiple=True)
@as_json_option
@click.pass_context
def lines(
    place: click.Context, organization_id: str, membership_id: str, lines: tuple[str, ...], as_json: bool
) -> None:
    """At once, a manager's reach too."""
    with open_context(place).transaction() as work:
        show([_member(memberships.set_lines(work, organization_id, membership_id, lines))], as_json)


@click.group("proposals", help="What waits for a second word.")
def proposals_group() -> None:
    """Group of the commands about proposals."""


@proposals_group.command("list", help="List what waits for somebody's word, the oldest first.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_proposals(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per proposal."""
    context = open_context(place)
    with context.reading() as session:
        show([_row(each) for each in service.waiting(session, organization_id, context.clock.now())], as_json)


@proposals_group.command("withdraw", help="Take a proposal back; nothing is changed by it.")
@click.argument("organization_id")
@click.argument("proposal_id")
@as_json_option
@click.pass_context
def withdraw(place: click.Context, organization_id: str, proposal_id: str, as_json: bool) -> None:
    """Whoever proposed it is told."""
    with open_context(place).transaction() as work:
        show([_row(answering.withdraw(work, organization_id, proposal_id))], as_json)


def _member(found: Membership) -> dict[str, object]:
    return {"membership_id": found.id, "account_id": found.account_id, "role": found.role, "lines": list(found.lines)}


def _row(found: Proposal) -> dict[str, object]:
    return {
        "proposal_id": found.id,
        "kind": found.kind,
        "account_id": found.account_id,
        "state": found.state,
        "missing": found.missing,
        "proposed_by": found.proposed_by,
        "expires_at": found.expires_at.isoformat(),
    }
