"""The page door that adds an authenticator app to an account (B1)."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.methods import adding
from identity.methods.forms import AppForm
from identity.mfa import binding
from identity.sessions import door
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.render import page

blueprint = Blueprint("apps_for_codes", __name__, url_prefix="/account/methods/app")


@blueprint.get("")
@door.sensitive()
def show() -> ResponseReturnValue:
    """Show the secret that an app takes. Showing it stores nothing."""
    return _form({}, {})


@blueprint.post("")
@door.sensitive()
def add() -> ResponseReturnValue:
    """Bind the app by its first code."""
    here = door.here()
    values, errors = read_form(AppForm)
    errors = errors or adding.full(here.account_id, "code") or code_door.waiting(here.account_id, "code")
    if errors:
        return _form(values, errors)
    secret = _bind(values)
    code_door.note(here.account_id, fits=secret is not None)
    if secret is None:
        return _form({"name": values["name"]}, {"code": code_door.wrong_app()})
    return adding.added(secret)


def _bind(values: Values) -> str | None:
    here = door.here()
    with transaction() as work:
        offered = binding.offered_secret(context(), work.session, here.account_id, here.id)
        if not binding.bind_app(work, here.account_id, offered, values["code"], values["name"]):
            return None
        return adding.stronger(work, here, ("otp",))


def _form(values: Values, errors: Errors) -> Response:
    here = door.here()
    with reading() as session:
        offer = binding.offer(context(), session, here.account_id, here.id)
    shown = {"name": values.get("name", "")}
    return page("methods/app.html", 422 if errors else 200, values=shown, errors=errors, offer=offer)
