"""The page door of passkeys: add one, and give it a name. The script on the page speaks to the JSON door beside it."""

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.devices import door as devices
from identity.methods import adding
from identity.mfa import passkeys
from identity.mfa.passkeys import PasskeyView, Refused
from identity.mfa.webauthn import door as ceremonies
from identity.sessions import door
from shared.errors import not_found
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, PageForm, Text, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("passkeys", __name__, url_prefix="/account/methods/passkeys")
scripts = ceremonies.speaks_json(Blueprint("passkey_scripts", __name__, url_prefix="/account/methods/passkeys"))


class NameForm(PageForm):
    """What a passkey is called."""

    name = Text(empty=say("Enter a name for this passkey"), longest=passkeys.LONGEST_NAME)


@blueprint.get("")
@door.sensitive()
def show() -> ResponseReturnValue:
    """Explain passkeys and offer to make one."""
    if not passkeys.offered(context()):
        raise not_found(say("Passkeys do not work at this address: it needs a name and https."))
    with reading() as session:
        full = passkeys.is_full(session, door.here().account_id)
    return page("methods/passkey_add.html", full=full)


@scripts.post("/options")
@door.sensitive()
def options() -> ResponseReturnValue:
    """Give what the browser needs to make a passkey for this person."""
    here = door.here()
    with reading() as session:
        account = accounts.existing(session, here.account_id)
    shared = devices.browser().shared
    return jsonify(passkeys.registration_options(context(), here.id, account, elsewhere=shared))


@scripts.post("/made")
@door.sensitive()
def finish() -> ResponseReturnValue:
    """Bind the passkey that was made, and lead to its name. Making it proved its person, which the session learns."""
    here, made = door.here(), ceremonies.sent()
    with transaction() as work:
        found = passkeys.finish_registration(work, here.id, here.account_id, made, devices.browser().label)
        secret = None if isinstance(found, Refused) else adding.stronger(work, here, found.amr)
    if isinstance(found, Refused):
        raise ceremonies.refusal(found.reason)
    answer = jsonify(next=f"/account/methods/passkeys/{found.passkey_id}?added=yes")
    if secret is not None:
        door.give_cookie(answer, secret)
    return answer


@blueprint.get("/<passkey_id>")
@door.sensitive()
def show_name(passkey_id: str) -> ResponseReturnValue:
    """Ask for a name; right after it was made, say first that it was."""
    return _name_page(_mine(passkey_id), {}, {})


@blueprint.post("/<passkey_id>")
@door.sensitive()
def rename(passkey_id: str) -> ResponseReturnValue:
    """Keep the name."""
    passkey = _mine(passkey_id)
    values, errors = read_form(NameForm)
    if errors:
        return _name_page(passkey, dict(values), errors)
    with transaction() as work:
        passkeys.rename(work, door.here().account_id, passkey_id, values["name"])
    return redirect("/account/methods?added" if "added" in request.args else "/account/methods", 303)


def _name_page(passkey: PasskeyView, values: dict[str, object], errors: Errors) -> Response:
    added = request.method == "GET" and "added" in request.args
    shown = {"name": passkey.name or _("Passkey"), **values}
    status = 422 if errors else 200
    return page("methods/passkey_name.html", status, passkey=passkey, values=shown, errors=errors, added=added)


def _mine(passkey_id: str) -> PasskeyView:
    with reading() as session:
        found = passkeys.one_of(session, door.here().account_id, passkey_id)
    if found is None:
        raise not_found()
    return found
