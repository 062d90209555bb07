"""What an operator asks of access-manager on the command line."""

import click
from sqlalchemy.orm import Session

from access_manager.adding.doors.commands import add_members, remove_members, undo_members
from access_manager.deputies.commands import deputies_group
from access_manager.dormancy.commands import dormant_group
from access_manager.emergencies.doors.commands import emergencies_group
from access_manager.inbox.commands import requests_group
from access_manager.invitations.commands import invitations_group
from access_manager.memberships import service as memberships
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.proposals.doors.commands import managers_group, proposals_group
from access_manager.reviews.doors.commands import reviews_group
from access_manager.third_parties.doors.commands import partners_group
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem


@click.group()
def commands() -> None:
    """The verbs this service adds to the shared ones."""


commands.add_command(dormant_group)
commands.add_command(reviews_group)
commands.add_command(partners_group)
commands.add_command(emergencies_group)
commands.add_command(requests_group)


commands.add_command(deputies_group)
commands.add_command(managers_group)
commands.add_command(proposals_group)


@commands.group("organizations", help="Organizations and who manages them.")
def organizations_group() -> None:
    """Group of verbs about organizations."""


@organizations_group.command("list", help="List every organization by name.")
@as_json_option
@click.pass_context
def list_organizations(place: click.Context, as_json: bool) -> None:
    """Print one row per organization."""
    with open_context(place).reading() as session:
        show([_organization(each) for each in organizations.listed(session)], as_json)


@organizations_group.command("show", help="Show one organization with its managers.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def show_organization(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print the organization; exit 1 where there is none."""
    with open_context(place).reading() as session:
        found = _found(session, organization_id)
        seated = [each.account_id for each in memberships.managers(session, organization_id)]
        show({**_organization(found), "managers": seated}, as_json)


@commands.group("members", help="Members of an organization.")
def members_group() -> None:
    """Group of verbs about members."""


members_group.add_command(add_members)
members_group.add_command(remove_members)
members_group.add_command(undo_members)
commands.add_command(invitations_group)


@members_group.command("list", help="List everybody who has access to an organization.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_members(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per member; exit 1 where there is no such organization."""
    with open_context(place).reading() as session:
        _found(session, organization_id)
        found = memberships.members(session, organization_id)
        show([_member(session, each) for each in found], as_json)


def _found(session: Session, organization_id: str) -> Organization:
    try:
        return organizations.find(session, organization_id)
    except Problem as error:
        raise click.ClickException(f"There is no organization {organization_id}.") from error


def _organization(found: Organization) -> dict[str, object]:
    return {**organizations.summary(found), "manager_count": found.manager_count}


def _member(session: Session, found: Membership) -> dict[str, object]:
    return {
        "membership_id": found.id,
        "account_id": found.account_id,
        "name": people.name_of(session, found.account_id),
        "status": found.status,
        "role": found.role,
        "functions": list(found.functions),
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat() if found.ends_at else None,
    }
