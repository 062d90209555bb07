"""What an operator asks about requests on the command line: what waits, and a decision that nobody else can make."""

import click

from access_manager.approvals import service as approvals
from access_manager.approvals.flow import DENIAL_REASONS
from access_manager.inbox import service
from access_manager.inbox.waiting import Waiting
from access_manager.organizations import service as organizations
from access_manager.requests import deciding
from access_manager.requests.flow import REASONS
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem
from shared.service import COMMAND_LINE, Context


@click.group("requests", help="Requests to join, and requests of members for more.")
def requests_group() -> None:
    """Group of the commands below."""


@requests_group.command("list", help="List what waits for a decision at an organization, the oldest first.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_requests(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per request."""
    context = open_context(place)
    show([_row(each) for each in _waiting(context, organization_id)], as_json)


@requests_group.command("approve", help="Approve a request as it was asked.")
@click.argument("organization_id")
@click.argument("request_id")
@as_json_option
@click.pass_context
def approve_request(place: click.Context, organization_id: str, request_id: str, as_json: bool) -> None:
    """For a request that no manager is left to decide; exit 1 where it is closed or may not be."""
    context = open_context(place)
    found = _one(context, organization_id, request_id)
    with context.transaction() as work:
        if found.joins:
            approvals.decide(work, organization_id, found.id, approvals.Verdict(True, found.functions))
        else:
            deciding.decide(work, organization_id, found.id, deciding.Verdict(found.functions))
    show([{**_row(found), "outcome": "approved"}], as_json)


@requests_group.command("deny", help="Deny a request; the person reads the reason.")
@click.argument("organization_id")
@click.argument("request_id")
@click.option("--reason", type=click.Choice(sorted({*DENIAL_REASONS, *REASONS} - {"other"})), required=True)
@as_json_option
@click.pass_context
def deny_request(place: click.Context, organization_id: str, request_id: str, reason: str, as_json: bool) -> None:
    """Exit 1 where it is closed, or where the reason is one of the other kind of request."""
    context = open_context(place)
    found = _one(context, organization_id, request_id)
    if reason not in (DENIAL_REASONS if found.joins else REASONS):
        raise click.ClickException(f"{reason} is no reason for this kind of request.")
    with context.transaction() as work:
        if found.joins:
            approvals.decide(work, organization_id, found.id, approvals.Verdict(False, reason=reason))
        else:
            deciding.decide(work, organization_id, found.id, deciding.Verdict(reason=reason))
    show([{**_row(found), "outcome": "denied"}], as_json)


def _waiting(context: Context, organization_id: str) -> list[Waiting]:
    with context.reading() as session:
        try:
            organization = organizations.find(session, organization_id)
        except Problem as error:
            raise click.ClickException(f"There is no organization {organization_id}.") from error
        return service.waiting(session, COMMAND_LINE, organization, context.clock.now())


def _one(context: Context, organization_id: str, request_id: str) -> Waiting:
    for each in _waiting(context, organization_id):
        if each.id == request_id:
            return each
    raise click.ClickException(f"Nothing called {request_id} waits there.")


def _row(found: Waiting) -> dict[str, object]:
    return {
        "request_id": found.id,
        "kind": "join" if found.joins else "more",
        "account_id": found.account_id,
        "name": found.name,
        "functions": list(found.functions),
        "asked_at": found.asked_at.isoformat(),
    }
