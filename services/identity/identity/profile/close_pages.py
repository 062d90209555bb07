"""The page door of closing one's own account: for good, everywhere, and told to every address."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from identity.accounts import letters
from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.devices import service as devices
from identity.entitlements import service as entitlements
from identity.sessions import door
from identity.sessions import service as sessions
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, PageForm, Tick, read_form
from shared.web.shell.render import page

blueprint = Blueprint("close_account", __name__, url_prefix="/account")


class CloseForm(PageForm):
    """The last question before an account is closed."""

    sure = Tick(empty=say("Tick the box if you want to close your account for good"))


@blueprint.get("/close")
@door.sensitive(hold=True)
def show() -> ResponseReturnValue:
    """Say what closing means, and ask."""
    return _form({})


@blueprint.post("/close")
@door.sensitive(hold=True)
def close() -> ResponseReturnValue:
    """Close the account, end its sessions in every app, forget its devices, and tell every address."""
    _values, errors = read_form(CloseForm)
    if errors:
        return _form(errors)
    account_id = door.here().account_id
    with transaction() as work:
        accounts.close(work, account_id, "own_wish")
        sessions.end_all(work, account_id, "account_closed")
        devices.forget_all(work, account_id)
        contacts.tell_everywhere(work, account_id, letters.closed, f"closed:{account_id}")
    answer = page("profile/closed.html")
    door.clear(answer)
    return answer


def _form(errors: Errors) -> ResponseReturnValue:
    account_id, now = door.here().account_id, context().clock.now()
    with reading() as session:
        managed = [one for one in entitlements.active(session, account_id, now) if one.role == "manager"]
    return page("profile/close.html", 422 if errors else 200, errors=errors, managed=managed)
