"""The page door of signing keys: which there are, and letting the next ones sign."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.oidc.keys import service as keys
from identity.oidc.keys.life import OVERLAP, PUBLISHED_BEFORE_USE
from identity.oidc.keys.service import TooSoon
from identity.oidc.provider import Provider
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.roles import Area
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, PageForm, Tick, read_form

blueprint = Blueprint("desk_keys", __name__, url_prefix="/admin/keys")
STATES = {"next": say("comes next"), "active": say("signs"), "retired": say("verifies only")}


class AtOnceForm(PageForm):
    """Whoever does not wait says that they know what follows."""

    sure = Tick(empty=say("Tick the box to rotate at once"))


@blueprint.get("")
@staff(Area.READ_CLIENTS)
def show() -> ResponseReturnValue:
    """Every key without its secret."""
    return _page({}, None)


@blueprint.post("/rotate")
@staff(Area.CLIENTS, acting=True)
def rotate() -> ResponseReturnValue:
    """Let the next keys sign, once every cache knows them."""
    return _rotate(at_once=False)


@blueprint.post("/rotate-at-once")
@staff(Area.CLIENTS, acting=True)
def rotate_at_once() -> ResponseReturnValue:
    """Do not wait: for a key that must not sign any more."""
    _, errors = read_form(AtOnceForm)
    return _page(errors, None) if errors else _rotate(at_once=True)


def _rotate(*, at_once: bool) -> ResponseReturnValue:
    with transaction() as work:
        outcome = keys.rotate(work, context().part(Provider).box, at_once=at_once)
    if isinstance(outcome, TooSoon):
        return _page({}, outcome)
    return redirect("/admin/keys?done=rotated", 303)


def _page(errors: Errors, early: TooSoon | None) -> ResponseReturnValue:
    with reading() as session:
        found = sorted(keys.listing(session), key=lambda key: (key.algorithm, list(STATES).index(key.state)))
    waits = {"minutes": int(PUBLISHED_BEFORE_USE.total_seconds() // 60), "hours": int(OVERLAP.total_seconds() // 3600)}
    shown = {"found": found, "states": STATES, "early": early, "done": request.args.get("done") == "rotated", **waits}
    status = 422 if errors else 409 if early else 200
    return admin_page("oidc/administration/keys.html", status, errors=errors, **shown)
