"""Invitations on the command line, for operators: `access-manager invitations list|make|write-again|revoke`."""

import click

from access_manager.invitations import service
from access_manager.invitations.models import Invitation
from access_manager.invitations.service import Wanted
from access_manager.invitations.states import address_of
from access_manager.organizations import service as organizations
from shared.cli import as_json_option, open_context, show
from shared.service import Context


@click.group("invitations", help="People who are invited to an organization.")
def invitations_group() -> None:
    """Group of verbs about invitations."""


@invitations_group.command("list", help="List the invitations of an organization, the newest first.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_invitations(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one block for each; exit 1 where there is no such organization."""
    context = open_context(place)
    with context.reading() as session:
        found = service.listed(session, organizations.find(session, organization_id).id)
    show([_shown(context, each) for each in found], as_json)


@invitations_group.command("make", help="Invite a person; the same address twice is one invitation.")
@click.argument("organization_id")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--functions", required=True, help="Function ids, separated by commas.")
@as_json_option
@click.pass_context
def make(place: click.Context, organization_id: str, name: str, email: str, functions: str, as_json: bool) -> None:
    """Print the invitation; exit 1 where a rule refuses it."""
    address = address_of(email)
    if address is None:
        raise click.ClickException("This is not an e-mail address.")
    context = open_context(place)
    given = [each.strip() for each in functions.split(",") if each.strip()]
    with context.transaction() as work:
        found = service.invite(work, organization_id, Wanted(address, name, given)).invitation
    show([_shown(context, found)], as_json)


@invitations_group.command("write-again", help="Mail an invitation once more.")
@click.argument("organization_id")
@click.argument("invitation_id")
@as_json_option
@click.pass_context
def write_again(place: click.Context, organization_id: str, invitation_id: str, as_json: bool) -> None:
    """Print the invitation; exit 1 where it is too soon or over."""
    context = open_context(place)
    with context.transaction() as work:
        found = service.write_again(work, organization_id, invitation_id)
    show([_shown(context, found)], as_json)


@invitations_group.command("revoke", help="Take an invitation back.")
@click.argument("organization_id")
@click.argument("invitation_id")
@as_json_option
@click.pass_context
def revoke(place: click.Context, organization_id: str, invitation_id: str, as_json: bool) -> None:
    """Print the invitation; exit 1 where it was accepted before."""
    context = open_context(place)
    with context.transaction() as work:
        found = service.revoke(work, organization_id, invitation_id)
    show([_shown(context, found)], as_json)


def _shown(context: Context, found: Invitation) -> dict[str, object]:
    with context.reading() as session:
        stands = service.standings(session, [found], context.clock.now())[found.id]
    return {
        "invitation_id": found.id,
        "display_name": found.display_name,
        "email": found.email,
        "functions": list(found.functions),
        "standing": stands.value,
        "invited_by": found.invited_by,
        "expires_at": found.expires_at.isoformat(),
    }
