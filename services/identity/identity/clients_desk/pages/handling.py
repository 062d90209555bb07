"""The page door of single acts: a new secret, the end of the former one, switching off and on."""

from datetime import timedelta

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.clients_desk.pages.editing import secret_page
from identity.clients_desk.pages.listing import registered
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.registration import changing
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.roles import Area
from shared.errors import conflict
from shared.i18n import say
from shared.web.door import context, transaction
from shared.web.forms import Choice, Errors, PageForm, Text, Values, read_form

blueprint = Blueprint("desk_clients_acts", __name__, url_prefix="/admin/clients/<client_id>")
KEPT = {"0": say("Not at all"), "24": say("One day"), "168": say("One week"), "720": say("30 days")}


class SecretForm(PageForm):
    """How long the present secret works on, in hours."""

    keep = Choice(tuple(KEPT), empty=say("Choose how long the present secret works on"))


class SwitchForm(PageForm):
    """Why."""

    reason = Text(empty=say("Write why"), longest=200)


@blueprint.get("/secret")
@staff(Area.CLIENTS, acting=True)
def ask_secret(client_id: str) -> ResponseReturnValue:
    """Ask how long the present secret works on."""
    return _secret_form(registered(client_id), {}, {})


@blueprint.post("/secret")
@staff(Area.CLIENTS, acting=True)
def new_secret(client_id: str) -> ResponseReturnValue:
    """Make a new secret and show it, once."""
    client = registered(client_id)
    values, errors = read_form(SecretForm)
    if errors:
        return _secret_form(client, values, errors)
    with transaction() as work:
        secret = clients.rotate_secret(work, client_id, timedelta(hours=int(values["keep"])))
        until = work.now + timedelta(hours=int(values["keep"]))
    return secret_page(client_id, client.name, secret, until=until if values["keep"] != "0" else None)


@blueprint.post("/end-former-secret")
@staff(Area.CLIENTS, acting=True)
def end_former(client_id: str) -> ResponseReturnValue:
    """End the former secret before its time."""
    with transaction() as work:
        changing.end_old_secret(work, client_id)
    return redirect(f"/admin/clients/{client_id}?done=ended", 303)


@blueprint.get("/switch")
@staff(Area.CLIENTS, acting=True)
def ask_switch(client_id: str) -> ResponseReturnValue:
    """Say what switching it off or on does, and ask why."""
    return _switch_form(registered(client_id), {}, {})


@blueprint.post("/switch/<any(off, on):way>")
@staff(Area.CLIENTS, acting=True)
def switch(client_id: str, way: str) -> ResponseReturnValue:
    """Switch it; every process knows within a second."""
    client = registered(client_id)
    values, errors = read_form(SwitchForm)
    if errors:
        return _switch_form(client, values, errors)
    with transaction() as work:
        changing.switch(work, client_id, way == "on", values["reason"])
    return redirect(f"/admin/clients/{client_id}?done={way}", 303)


def _secret_form(client: Client, values: Values, errors: Errors) -> ResponseReturnValue:
    if not client.has_secret:
        raise conflict("client-without-secret", f"{client.id} has no secret.")
    until = client.previous_secret_until
    two = until if until is not None and until > context().clock.now() else None
    shown = {"client": client, "values": values, "errors": errors, "two": two, "options": list(KEPT.items())}
    return admin_page("oidc/administration/secret_ask.html", 422 if errors else 200, **shown)


def _switch_form(client: Client, values: Values, errors: Errors) -> ResponseReturnValue:
    shown = {"client": client, "values": values, "errors": errors}
    return admin_page("oidc/administration/switch.html", 422 if errors else 200, **shown)
