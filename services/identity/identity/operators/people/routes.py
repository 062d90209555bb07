"""The API door of accounts for operators' programs (scope `accounts.manage`)."""

from typing import Any

from flask_smorest import Blueprint

from identity.accounts import service as accounts
from identity.operators.people import portrait, search, service
from identity.operators.people.acts import Act
from identity.operators.people.schemas import ActIn, SearchIn, SearchOut, StandingOut, standing
from identity.operators.people.service import Refused
from shared.auth import insist_program, requires
from shared.errors import conflict
from shared.web.door import context, reading, transaction

blueprint = Blueprint(
    "operators_accounts", __name__, url_prefix="/api/identity/v1/accounts", description="Accounts, for operators"
)


@blueprint.post("/search")
@requires("accounts.manage")
@blueprint.arguments(SearchIn)
@blueprint.response(200, SearchOut)
def find(body: dict[str, str]) -> dict[str, Any]:
    """Find accounts by what a person can say of theirs."""
    insist_program()
    with transaction() as work:
        found = search.find(work.session, body["who"], work.now)
        for one in found:
            work.audit("account.looked_up", target=one.account_id)
    return {"accounts": found}


@blueprint.get("/<account_id>/standing")
@requires("accounts.manage")
@blueprint.response(200, StandingOut)
def show(account_id: str) -> dict[str, Any]:
    """Show how an account stands: state, sessions, second factors, sign-ins with their reasons, codes sent."""
    insist_program()
    with reading() as session:
        account = accounts.existing(session, account_id)
        return standing(portrait.of_account(session, account, context().clock.now()))


@blueprint.post("/<account_id>/acts")
@requires("accounts.manage")
@blueprint.arguments(ActIn)
@blueprint.response(200, StandingOut)
def act(body: dict[str, str], account_id: str) -> dict[str, Any]:
    """Do one thing to an account; 409 where its state does not allow it."""
    insist_program()
    with transaction() as work:
        account = accounts.existing(work.session, account_id)
        outcome = service.perform(work, Act(body["act"]), account, body["reason"])
        if isinstance(outcome, Refused):
            raise conflict("not-in-this-state", str(outcome.why))
        work.session.flush()
        return standing(portrait.of_account(work.session, account, work.now))
