"""What an operator does about partners on the command line; every act is the one of the console."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from access_manager.third_parties import codes, service, staff
from access_manager.third_parties.models import Side, State
from access_manager.third_parties.showing import shown
from shared.cli import as_json_option, open_context, show

_functions = click.option("--function", "functions", multiple=True, required=True, help="One function; repeatable.")
_ends_at = click.option("--ends-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="RFC 3339; none: no end.")
_our = click.argument("organization_id")
_link = click.argument("link_id")


@click.group("partners", help="Companies that work for organizations.")
def partners_group() -> None:
    """Group of verbs about connections."""


@partners_group.command("list", help="List the connections of an organization, on either side.")
@_our
@as_json_option
@click.pass_context
def list_partners(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per connection."""
    with open_context(place).reading() as session:
        found = service.links_of(session, organization_id)
        show(shown(session, organization_id, found), as_json)


@partners_group.command("staff", help="List who works through a connection.")
@_our
@_link
@as_json_option
@click.pass_context
def list_staff(place: click.Context, organization_id: str, link_id: str, as_json: bool) -> None:
    """Print one row per person."""
    with open_context(place).reading() as session:
        sent = staff.sent(session, service.find(session, organization_id, link_id))
        show([{"account_id": each.account_id, "functions": list(each.functions)} for each in sent], as_json)


@partners_group.command("code", help="Make a new connection code for an organization, or take it away.")
@_our
@click.option("--drop", is_flag=True, help="Take it away.")
@as_json_option
@click.pass_context
def connect_code(place: click.Context, organization_id: str, drop: bool, as_json: bool) -> None:
    """Print the new code, none after --drop."""
    with open_context(place).transaction() as work:
        if drop:
            codes.drop(work, organization_id)
        made = None if drop else codes.shown(codes.renew(work, organization_id).code)
        show({"connect_code": made}, as_json)


@partners_group.command("propose", help="Propose a connection to whoever has the connection code.")
@_our
@click.argument("connect_code", metavar="CONNECTION_CODE")
@click.option("--side", type=click.Choice([each.value for each in Side]), required=True, help="Where we stand.")
@_functions
@_ends_at
@as_json_option
@click.pass_context
def propose(
    place: click.Context,
    organization_id: str,
    connect_code: str,
    side: str,
    functions: tuple[str, ...],
    ends_at: datetime | None,
    as_json: bool,
) -> None:
    """Print the proposal."""
    offer = service.Offer(Side(side), connect_code, functions, ends_at)
    with open_context(place).transaction() as work:
        show(shown(work.session, organization_id, [service.propose(work, organization_id, offer)])[0], as_json)


@partners_group.command("answer", help="Accept or decline what the other side proposed, or withdraw one's own.")
@_our
@_link
@click.argument("outcome", type=click.Choice(["accept", "decline", "withdraw"]))
@as_json_option
@click.pass_context
def answer(place: click.Context, organization_id: str, link_id: str, outcome: str, as_json: bool) -> None:
    """Print the connection as it stands then."""
    with open_context(place).transaction() as work:
        if outcome == "withdraw":
            found = service.withdraw(work, organization_id, link_id)
        else:
            found = service.answer(work, organization_id, link_id, accept=outcome == "accept")
        show(shown(work.session, organization_id, [found])[0], as_json)


@partners_group.command("narrow", help="Leave a connection only these functions, until then.")
@_our
@_link
@_functions
@_ends_at
@as_json_option
@click.pass_context
def narrow(
    place: click.Context,
    organization_id: str,
    link_id: str,
    functions: tuple[str, ...],
    ends_at: datetime | None,
    as_json: bool,
) -> None:
    """Print the connection as it stands then."""
    with open_context(place).transaction() as work:
        found = service.narrow(work, organization_id, link_id, functions, ends_at)
        show(shown(work.session, organization_id, [found])[0], as_json)


@partners_group.command("end", help="End a connection; without a link every one of an organization that is closed.")
@_our
@click.argument("link_id", required=False)
@as_json_option
@click.pass_context
def end(place: click.Context, organization_id: str, link_id: str | None, as_json: bool) -> None:
    """Print what has ended."""
    context, ended = open_context(place), []
    with context.reading() as session:
        wanted = [link_id] if link_id else _open(session, organization_id)
    for each in wanted:
        with context.transaction() as work:
            ended += shown(work.session, organization_id, [service.end(work, organization_id, each)])
    show(ended, as_json)


@partners_group.command("assign", help="Send a member of a company through a connection.")
@_our
@_link
@click.argument("membership_id")
@_functions
@_ends_at
@as_json_option
@click.pass_context
def assign(
    place: click.Context,
    organization_id: str,
    link_id: str,
    membership_id: str,
    functions: tuple[str, ...],
    ends_at: datetime | None,
    as_json: bool,
) -> None:
    """Print what the person holds there."""
    with open_context(place).transaction() as work:
        given = staff.assign(work, organization_id, link_id, membership_id, functions, ends_at)
        show({"account_id": given.account_id, "functions": list(given.functions), "ends_at": given.ends_at}, as_json)


@partners_group.command("unassign", help="Take a member of a company off a connection.")
@_our
@_link
@click.argument("membership_id")
@click.pass_context
def unassign(place: click.Context, organization_id: str, link_id: str, membership_id: str) -> None:
    """Say nothing where it is done."""
    with open_context(place).transaction() as work:
        staff.unassign(work, organization_id, link_id, membership_id)


def _open(session: Session, organization_id: str) -> list[str]:
    return [each.id for each in service.links_of(session, organization_id) if each.state == State.ACTIVE]
