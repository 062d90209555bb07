"""The page door that adds codes by text message or e-mail to an account, where policy allows them (B3)."""

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.codes import service as codes
from identity.codes.schemas import CodeForm, WhereForm
from identity.codes.service import Sent, Wait
from identity.methods import adding
from identity.mfa import service as mfa
from identity.mfa.picker import EMAIL, SMS
from identity.sessions import door
from identity.throttle import door as throttle
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.render import page

blueprint = Blueprint("sent_codes", __name__, url_prefix="/account/methods")
_AT = "<any(phone, address):way>"
_KINDS = {"phone": SMS, "address": EMAIL}


@blueprint.get(f"/{_AT}")
@door.sensitive()
def show(way: str) -> ResponseReturnValue:
    """Offer the proved contact points; after a code was sent, ask for it."""
    return _form(way, {})


@blueprint.post(f"/{_AT}/send")
@door.sensitive()
def send(way: str) -> ResponseReturnValue:
    """Send the code that shows that messages arrive."""
    values, errors = read_form(WhereForm)
    errors = errors or adding.full(door.here().account_id, "contact_id")
    if errors:
        return _form(way, errors)
    outcome = _send(way, values["contact_id"])
    if isinstance(outcome, Wait):
        return throttle.told_to_wait(_form(way, code_door.not_yet(outcome.until)), outcome.until)
    return redirect(f"/account/methods/{way}", 303)


@blueprint.post(f"/{_AT}")
@door.sensitive()
def add(way: str) -> ResponseReturnValue:
    """Bind the contact by the code that was sent to it."""
    here = door.here()
    values, errors = read_form(CodeForm)
    errors = errors or code_door.waiting(here.account_id, "code")
    if errors:
        return _form(way, errors)
    secret = _bind(way, values["code"])
    code_door.note(here.account_id, fits=secret is not None)
    return _form(way, {"code": _wrong()}) if secret is None else adding.added(secret)


def _send(way: str, contact_id: str) -> Sent | Wait | None:
    here, kind = door.here(), _kind(way)
    with transaction() as work:
        return mfa.send_binding(work, here.account_id, kind, contact_id, bound_to=here.id)


def _bind(way: str, code: str) -> str | None:
    here, kind = door.here(), _kind(way)
    with transaction() as work:
        added = mfa.bind_sent(work, here.account_id, kind, code, bound_to=here.id)
        return adding.stronger(work, here, added) if added else None


def _kind(way: str) -> str:
    """Return the kind of factor that the address names; the 404 Problem where policy does not allow it."""
    here, now, kind = door.here(), context().clock.now(), _KINDS[way]
    with reading() as session:
        if kind not in mfa.kinds_for(session, here.account_id, now):
            raise not_found()
    return kind


def _wrong() -> str:
    with reading() as session:
        here, now = door.here(), context().clock.now()
        return code_door.wrong(codes.guesses(session, purpose=mfa.BINDING, bound_to=here.id, now=now))


def _form(way: str, errors: Errors) -> Response:
    here, now, kind = door.here(), context().clock.now(), _kind(way)
    with reading() as session:
        free = [(one.id, one.masked) for one in mfa.bindable(session, here.account_id, kind, now)]
        sent = codes.delivery(session, purpose=mfa.BINDING, bound_to=here.id)
    facts = {"way": way, "kind": kind, "contacts": free, "chosen": free[0][0] if free else None}
    deliveries = [one for one in sent if one.channel == kind]
    status = 422 if errors else 200
    return page("methods/sent.html", status, errors=errors, deliveries=deliveries, now=now, **facts)
