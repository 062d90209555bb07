"""The page door of evidence: how an applicant proves the organization while the application waits for a decision."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, request

from registration.applications import models
from registration.applications.browser import START, see
from registration.applications.models import Application
from registration.applications.organizations.showing import last4
from registration.evidence import service, ways
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.service import Refusal, Refused
from registration.evidence.ways import Errors, Fact
from shared.auth import ACR_PASSWORD
from shared.errors import not_found
from shared.i18n import Message, say
from shared.web.door import context, reading, transaction
from shared.web.shell.language import words
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

proving = Blueprint("proving", __name__, url_prefix=f"{START}/status/<application_id>/evidence")
MINE = signed_in(acr=ACR_PASSWORD, population=("provider",))
_WHY: Mapping[Refusal, Message] = {
    Refusal.WRONG: say(
        "We cannot confirm this with what we have on file. Check every part: we do not say which one differs."
    ),
    Refusal.SPENT: say("You have no tries left"),
    Refusal.TOO_SOON: say("This TIN was tried several times with wrong answers. Wait until the time shown below."),
}


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(proving)


@proving.get("", strict_slashes=False)
@MINE
def choices(application_id: str) -> Response:
    """The ways there are, or that it is proved."""
    application = mine(application_id)
    if not service.may_prove(application):
        return see(f"{START}/status")
    return show("evidence", application)


@proving.get("/claim")
@MINE
def claim(application_id: str) -> Response:
    """A recent claim: three questions."""
    return ask("evidence_claim", application_id)


@proving.post("/claim")
@MINE
def claim_given(application_id: str) -> Response:
    """Try the claim."""
    return _try("evidence_claim", application_id, ways.claim_of(request.form, context().clock.now()))


@proving.get("/payment")
@MINE
def payment(application_id: str) -> Response:
    """A payment: two questions."""
    return ask("evidence_payment", application_id)


@proving.post("/payment")
@MINE
def payment_given(application_id: str) -> Response:
    """Try the payment."""
    return _try("evidence_payment", application_id, ways.payment_of(request.form))


def mine(application_id: str) -> Application:
    """An application of the person who is signed in; somebody else's is not there."""
    with reading() as session:
        found = models.of_ids(session, [application_id]).get(application_id)
    if found is None or found.account_id != person().account_id:
        raise not_found()
    return found


def ask(template: str, application_id: str) -> Response:
    """A page of one way, where there is something left to prove."""
    application = mine(application_id)
    return elsewhere(application) or show(template, application)


def elsewhere(application: Application) -> Response | None:
    """Where to go instead: the status page when nothing is to be proved, the choice of ways when it is proved."""
    if not service.may_prove(application):
        return see(f"{START}/status")
    with reading() as session:
        proved = service.verified_of(session, [application.id])
    return see(address(application)) if proved else None


def answer(
    template: str, application: Application, refused: Refused | None, *, field: str = "", **more: object
) -> Response:
    """After a try: the choice of ways, which says that it is proved, or the same page with why it led to nothing."""
    if refused is None:
        return see(address(application))
    status = 429 if refused.why is Refusal.TOO_SOON else 422
    return show(template, application, status, {field: words().render(_WHY[refused.why])}, request.form, **more)


def show(
    template: str,
    application: Application,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """A page of evidence with where the applicant stands."""
    with reading() as session:
        standing = service.standing(session, application, context().clock.now())
        proved = service.verified_of(session, [application.id]).get(application.id, ())
    shown = {
        "application": application,
        "last4": last4(application),
        "standing": standing,
        "proved": proved,
        "errors": errors or {},
        "values": typed or {},
        "here": address(application),
        **more,
    }
    return page(f"registration/{template}.html", status, **shown, **_person_values())


def address(application: Application) -> str:
    """The page with the ways of an application."""
    return f"{START}/status/{application.id}/evidence"


def spoken(errors: Errors) -> dict[str, str]:
    """Sentences in the reader's language."""
    return {name: words().render(sentence) for name, sentence in errors.items()}


def _try(template: str, application_id: str, fact: Fact | Errors) -> Response:
    application = mine(application_id)
    away = elsewhere(application)
    if away is not None:
        return away
    if isinstance(fact, dict):
        return show(template, application, 422, spoken(fact), request.form)
    with transaction() as work:
        refused = service.try_fact(work, context().part(EvidenceHasher), application, fact)
    return answer(template, application, refused)


def _person_values() -> dict[str, object]:
    return {"person_name": person().name, "signout_url": f"{START}/signout"}
