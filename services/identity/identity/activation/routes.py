"""The API door: services open accounts for people and look them up."""

from typing import Any

from flask_smorest import Blueprint

from identity.accounts import service as accounts
from identity.accounts.service import NewAccount
from identity.accounts.states import Population, Status
from identity.activation import service
from identity.activation.schemas import AccountOut, AddressIn, OpenAccountIn, OpenAccountOut, OwnersOut
from identity.contacts import service as contacts
from shared.auth import caller, insist_program, requires
from shared.errors import not_found, unprocessable
from shared.web.door import context, reading, transaction

blueprint = Blueprint("accounts", __name__, url_prefix="/api/identity/v1/accounts", description="People's accounts")


@blueprint.post("")
@requires("accounts.open")
@blueprint.arguments(OpenAccountIn)
@blueprint.response(201, OpenAccountOut)
def open_account(body: dict[str, Any]) -> tuple[dict[str, str], int]:
    """Open an account; the same reference gives the same account again."""
    insist_program()
    if not service.stays_here(body["return_url"], context().settings.public_url):
        raise unprocessable({"return_url": ["Return to an address on this origin."]})
    with transaction() as work:
        account, new = accounts.open_account(work, _new_account(body), caller().client_id)
        contacts.record_opening(work, account)
        taken = account.status != Status.INVITED.value
        url = body["return_url"] if taken else service.invite(work, account, body["return_url"])
    return {"account_id": account.id, "status": account.status, "activation_url": url}, 201 if new else 200


@blueprint.post("/at-address")
@requires("accounts.open")
@blueprint.arguments(AddressIn)
@blueprint.response(200, OwnersOut)
def owners(body: dict[str, str]) -> dict[str, list[str]]:
    """Tell a program that invites somebody whose accounts an address belongs to, so that nobody gets a second one.

    Never a person's app: whether an address has an account is told to nobody but its owner (threat 26).
    """
    insist_program()
    with reading() as session:
        return {"account_ids": contacts.owners_of(session, body["email"], Population.PROVIDER.value)}


@blueprint.get("/<account_id>")
@requires("accounts.read")
@blueprint.response(200, AccountOut)
def show_account(account_id: str) -> accounts.Claims:
    """Show an account by its id, to a program; to a person's app only that person's own, else 404 (threat 35)."""
    who = caller()
    if who.subject not in (who.client_id, account_id):
        raise not_found()
    with reading() as session:
        return accounts.claims(accounts.existing(session, account_id))


def _new_account(body: dict[str, Any]) -> NewAccount:
    return NewAccount(
        display_name=body["display_name"].strip(),
        email=body["email"],
        mobile=body["mobile"],
        population=Population(body["population"]),
        language=body["language"],
        reference=body["reference"],
    )
