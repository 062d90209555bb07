"""The page door of letters for applicants: ask for one, enter its key."""

from flask import Blueprint, Flask, Response, request

from registration.applications.browser import START, see
from registration.applications.models import Application
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import keys, service
from registration.evidence.pages import MINE, address, answer, elsewhere, mine, show, spoken
from shared.i18n import say
from shared.web.door import context, reading, transaction

asking = Blueprint("asking_letters", __name__, url_prefix=f"{START}/status/<application_id>/evidence/letter")


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(asking)


@asking.get("")
@MINE
def letter(application_id: str) -> Response:
    """Ask for a letter, or enter the key of one."""
    application = mine(application_id)
    return elsewhere(application) or _show(application)


@asking.post("")
@MINE
def ask(application_id: str) -> Response:
    """Ask for a letter; pressed twice it is asked for once."""
    application = mine(application_id)
    away = elsewhere(application)
    if away is None:
        with transaction() as work:
            service.ask(work, application)
    return away or see(f"{address(application)}/letter")


@asking.post("/key")
@MINE
def enter(application_id: str) -> Response:
    """Try a key."""
    application = mine(application_id)
    away, key = elsewhere(application), keys.typed(request.form.get("key", ""))
    if away is not None:
        return away
    if key is None:
        return _show(application, 422, spoken({"key": say("A key has 12 letters and digits. Read it once more.")}))
    with transaction() as work:
        refused = service.enter_key(work, context().part(EvidenceHasher), application, key)
    return answer("evidence_letter", application, refused, field="key", **_wish(application))


def _show(application: Application, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return show("evidence_letter", application, status, errors, request.form, **_wish(application))


def _wish(application: Application) -> dict[str, object]:
    with reading() as session:
        wish = service.wish_of(session, application)
    return {"wish": wish, "may_ask": wish.may_ask(context().clock.now())}
