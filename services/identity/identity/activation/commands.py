"""Administrator's acts on accounts, for the command line."""

import click

from identity.accounts import service as accounts
from identity.accounts.service import NewAccount
from identity.accounts.states import Population
from identity.activation import service
from identity.contacts import service as contacts
from shared.cli import as_json_option, open_context, show
from shared.service import COMMAND_LINE


@click.group("accounts", help="People's accounts: create staff, look up.")
def accounts_group() -> None:
    """Group of the commands below."""


@accounts_group.command("create-operator", help="Create a staff account; prints the one-time link that opens it.")
@click.option("--name", required=True, help="The person's name; accounts are never shared.")
@click.option("--email", required=True, help="Where mails about the account go.")
@click.option("--role", type=click.Choice(["operator", "desk", "auditor"]), default="operator", show_default=True)
@as_json_option
@click.pass_context
def create_operator(place: click.Context, name: str, email: str, role: str, as_json: bool) -> None:
    """There is no default account and no default password: the person chooses both behind the link (ASVS 6.3.2)."""
    context = open_context(place)
    new = NewAccount(name, email, None, Population.STAFF, reference=None, staff_role=role, proved=False)
    with context.transaction() as work:
        account, _new = accounts.open_account(work, new, COMMAND_LINE.id)
        contacts.record_opening(work, account)
        url = service.invite(work, account, f"{context.settings.public_url}/login")
        found = {"account_id": account.id, "role": role, "activation_url": url}
    show([found], as_json)


@accounts_group.command("show", help="Show an account by user ID or account id.")
@click.argument("name")
@as_json_option
@click.pass_context
def show_account(place: click.Context, name: str, as_json: bool) -> None:
    """Facts only; there is nothing secret to show."""
    with open_context(place).reading() as session:
        account = accounts.find_by_user_id(session, name) or accounts.get(session, name)
        if account is None:
            raise click.ClickException("There is no account with this user ID or id.")
        show([vars(accounts.claims(account))], as_json)
