"""The page door: a person takes their account. Looking changes nothing; the link is used by the POST, once."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from identity.accounts import canonical
from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.activation import service
from identity.activation.schemas import ActivateForm
from identity.activation.service import Invitation
from identity.passwords import choice
from identity.passwords.hasher import Hasher
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("activation", __name__, url_prefix="/account")
_WHY = "the secret in the link is the proof"


@blueprint.get("/activate")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """The form, or why there is none."""
    invitation = _invitation()
    return _form(invitation) if invitation and invitation.open else _closed(invitation)


@blueprint.post("/activate")
@open_page(_WHY)
def activate() -> ResponseReturnValue:
    """Take the account and return to where the invitation came from."""
    invitation = _invitation()
    if invitation is None or not invitation.open:
        return _closed(invitation)
    values, errors = read_form(ActivateForm)
    errors = errors or _faults(invitation, values["user_id"], values["password"])
    if errors:
        return _form(invitation, values, errors)
    try:
        account = _activate(invitation, values["user_id"], values["password"])
    except IntegrityError:
        return _form(invitation, values, {"user_id": _taken()})
    return redirect(invitation.return_url, 303) if account else _closed(_invitation())


def _activate(invitation: Invitation, user_id: str, password: str) -> Account | None:
    hashed = context().part(Hasher).hash(password)
    acting = Actor(invitation.account.id, "person", invitation.account.population)
    with transaction(acting) as work:
        return service.activate(work, invitation, user_id, hashed)


def _invitation() -> Invitation | None:
    now = context().clock.now()
    with reading() as session:
        return service.find(session, request.args.get("token", ""), now)


def _form(
    invitation: Invitation, values: dict[str, object] | None = None, errors: Errors | None = None
) -> ResponseReturnValue:
    shown = {name: value for name, value in (values or {}).items() if name != "password"}
    return page(
        "activation/activate.html",
        422 if errors else 200,
        name=invitation.account.display_name,
        shortest=choice.shortest(context(), invitation.account),
        values=shown,
        errors=errors or {},
    )


def _closed(invitation: Invitation | None) -> ResponseReturnValue:
    used = invitation is not None and invitation.used
    return_url = invitation.return_url if invitation and used else None
    return page("activation/closed.html", 410 if invitation else 404, used=used, return_url=return_url)


def _faults(invitation: Invitation, user_id: str, password: str) -> Errors:
    """Both fields are judged at once, so that nobody mends one only to be stopped by the other."""
    found = {"user_id": _user_id_fault(user_id), "password": _password_fault(invitation.account, user_id, password)}
    return {field: sentence for field, sentence in found.items() if sentence}


def _user_id_fault(user_id: str) -> str | None:
    fault = canonical.fault(user_id)
    if fault is not None:
        return _user_id_sentence(fault)
    with reading() as session:
        return _taken() if accounts.is_taken(session, user_id) else None


def _taken() -> str:
    return _("This user ID, or one that looks like it, is already used. Choose another")


def _user_id_sentence(fault: canonical.Fault) -> str:
    sentences = {
        canonical.Fault.EMPTY: _("Enter the user ID you want"),
        canonical.Fault.TOO_SHORT: _("Use at least %(n)s characters for your user ID", n=canonical.SHORTEST),
        canonical.Fault.TOO_LONG: _("Use %(longest)s characters or fewer for your user ID", longest=canonical.LONGEST),
        canonical.Fault.CHARACTERS: _(
            "Use only letters, digits and the signs . _ - @ + in your user ID, without spaces"
        ),
        canonical.Fault.NO_LETTER: _("Use at least one letter in your user ID"),
    }
    return sentences[fault]


def _password_fault(account: Account, user_id: str, password: str) -> str | None:
    sentence = choice.fault(context(), account, password, words=(user_id,))
    return words().render(sentence) if sentence else None
