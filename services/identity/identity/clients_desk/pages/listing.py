"""The page door of clients: all of them, searched, and one with everything it is registered with."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from identity.clients_desk import showing
from identity.clients_desk.fields import asked_of
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.failures import recorder
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.roles import Area
from shared.errors import not_found
from shared.i18n import say
from shared.web.door import context, reading
from shared.web.shell.language import words

blueprint = Blueprint("desk_clients", __name__, url_prefix="/admin/clients")
STATES = {"all": say("All"), "on": say("In use"), "off": say("Switched off")}
DONE = {
    "saved": say("The change is saved. It holds everywhere within a second."),
    "off": say("The app is switched off."),
    "on": say("The app is switched on. Its people sign in anew."),
    "ended": say("The former secret is worth nothing any more."),
}
_LONGEST = 200


@blueprint.get("")
@staff(Area.READ_CLIENTS)
def show() -> ResponseReturnValue:
    """Every client that fits what was typed."""
    wanted, state = request.args.get("q", "").strip()[:_LONGEST], request.args.get("state", "")
    with reading() as session:
        found = [one for one in clients.listed(session) if _fits(one, wanted, state)]
    values = {"q": wanted, "state": state if state in STATES else "all"}
    return admin_page(
        "oidc/administration/clients.html", found=found, values=values, states=STATES, profiles=showing.PROFILE_NAMES
    )


@blueprint.get("/<client_id>")
@staff(Area.READ_CLIENTS)
def one(client_id: str) -> ResponseReturnValue:
    """Everything a client is registered with, and what may be done with it."""
    client = registered(client_id)
    with reading() as session:
        failed = len(recorder.of_client(session, client_id))
    now, spoken = context().clock.now(), words()
    shown: dict[str, Any] = {"groups": showing.rows(spoken, client, asked_of(client.profile)), "failed": failed}
    shown |= {"remarks": showing.remarks(client, now), "secrets": _secrets(client)}
    done = DONE.get(request.args.get("done", ""))
    return admin_page(
        "oidc/administration/client.html", client=client, done=done, profiles=showing.PROFILE_NAMES, now=now, **shown
    )


@dataclass(frozen=True)
class Secrets:
    """How many secrets work. `former_until`: when the former one ends, None where only one works."""

    has: bool
    former_until: object


def registered(client_id: str) -> Client:
    """Return the client; raises 404."""
    with reading() as session:
        found = clients.find(session, client_id)
    if found is None:
        raise not_found()
    return found


def _secrets(client: Client) -> Secrets:
    until = client.previous_secret_until
    lives = until is not None and until > context().clock.now()
    return Secrets(bool(client.secret_hash), until if lives else None)


def _fits(client: Client, wanted: str, state: str) -> bool:
    """A part of the id, of the name or of an address, in any spelling."""
    if state in {"on", "off"} and client.enabled != (state == "on"):
        return False
    texts = (client.id, client.name, *client.redirect_uris)
    return any(wanted.casefold() in text.casefold() for text in texts)
