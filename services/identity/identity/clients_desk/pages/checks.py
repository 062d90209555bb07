"""The page door of the self-check: what went wrong for a client lately, and what departs from the defaults."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from identity.clients_desk import showing
from identity.clients_desk.pages.listing import registered
from identity.oidc.clients.policy import Client
from identity.oidc.failures import comparing, recorder
from identity.oidc.failures.dictionary import ENTRIES
from identity.oidc.failures.recorder import Failure
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.roles import Area
from shared.web.door import context, reading

blueprint = Blueprint("desk_clients_checks", __name__, url_prefix="/admin/clients/<client_id>/check")


@blueprint.get("")
@staff(Area.READ_CLIENTS)
def check(client_id: str) -> ResponseReturnValue:
    """Show the last failures with what was received against what is registered now."""
    client = registered(client_id)
    with reading() as session:
        found = [_told(client, one) for one in recorder.of_client(session, client_id)]
    remarks = showing.remarks(client, context().clock.now())
    return admin_page("oidc/administration/check.html", client=client, found=found, remarks=remarks)


def _told(client: Client, failure: Failure) -> dict[str, Any]:
    examples = [
        {**one, "compared": comparing.compared(client, _texts(one.get("received")))} for one in failure.examples
    ]
    return {"failure": failure, "entry": ENTRIES.get(failure.code), "examples": examples}


def _texts(received: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in received.items()} if isinstance(received, dict) else {}
