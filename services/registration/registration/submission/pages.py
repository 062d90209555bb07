"""The page door around submission: hand the answers in, come back from identity, or attach to an account one has."""

from flask import Blueprint, Flask, Response

from registration.applications import models, states
from registration.applications import service as applications
from registration.applications.browser import START, at, draft, hasher, see
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.applications.organizations import models as organizations
from registration.applications.organizations.showing import last4
from registration.neighbours import identity
from registration.neighbours.identity import NewAccount
from registration.submission import people, service
from registration.submission.later import look_up_after_the_answer, route_after_the_answer
from registration.submission.status_pages import MINE, STATUS, frame
from shared.auth import open_page
from shared.web.door import context, reading, transaction
from shared.web.shell.language import language
from shared.web.shell.render import page
from shared.web.signin import person

submission = Blueprint("submission", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(submission)


@submission.post("/check")
@_OPEN
@at(Step.CHECK)
def hand_in(application: Application) -> Response:
    """Have identity make the account, then send the browser there; the same application always gets the same one."""
    if application.state != states.State.CONTACT_PROVED:
        return see(f"{START}/contact")
    look_up_after_the_answer(_tin_boxes(application))
    new = _new_account(application)
    if _known_account(application):
        return see(f"{START}/{application.id}/again")
    made = identity.make_account(context().neighbours, context().settings.public_url, new)
    with transaction() as work:
        applications.keep_account(work, application.id, made.account_id)
    return see(made.activation_url)


@submission.post("/<application_id>/account")
@_OPEN
def go_on(application_id: str) -> Response:
    """Back to choosing user ID and password: identity gives a link that works, we keep none."""
    application = draft()
    waiting = application is not None and application.state == states.State.CONTACT_PROVED and application.account_id
    if application is None or application.id != application_id or not waiting:
        return see(f"{START}/{application_id}/done")
    if _submit_if_opened(application):
        return see(f"{START}/{application_id}/done")
    made = identity.make_account(context().neighbours, context().settings.public_url, _new_account(application))
    return see(made.activation_url)


@submission.get("/<application_id>/done")
@_OPEN
def done(application_id: str) -> Response:
    """Where identity sends the browser back to. Only the browser of the draft learns anything here."""
    application = draft()
    if application is None or application.id != application_id:
        return see(STATUS)
    if application.state in states.DRAFTING and application.account_id is None:
        return see(f"{START}/check")
    opened = application.state not in states.DRAFTING or _submit_if_opened(application)
    if opened:
        return page("registration/done.html", application=application, requests=_requests(application))
    return page("registration/unopened.html", application=application, away=opened is None)


@submission.get("/<application_id>/again")
@_OPEN
def known(application_id: str) -> Response:
    """For somebody who has an account: there will be no second one. Both contacts are proved when this is told."""
    application = draft()
    if application is None or application.id != application_id or _known_account(application) is None:
        return see(f"{START}/{application_id}/done")
    return page("registration/again.html", application=application)


@submission.get("/<application_id>/attach")
@MINE
def ask_attach(application_id: str) -> Response:
    """Signed in: hand the application in under this account? Nothing happens on GET."""
    application = draft()
    if application is None or application.id != application_id or application.account_id:
        return see(STATUS)
    theirs = _known_account(application) == person().account_id
    return page("registration/attach.html", 200 if theirs else 403, application=application, theirs=theirs, **frame())


@submission.post("/<application_id>/attach")
@MINE
def attach(application_id: str) -> Response:
    """Hand the application in under the account of whoever is signed in, if both it and the browser are theirs."""
    application = draft()
    if application is None or application.id != application_id:
        return see(STATUS)
    with transaction() as work:
        waiting = service.attach(work, application_id, person().account_id)
    route_after_the_answer(waiting)
    return see(STATUS)


def _new_account(application: Application) -> NewAccount:
    with transaction() as work:
        reference = people.reference_of(work, hasher(), application)
    return NewAccount(
        reference=reference,
        display_name=application.display_name or "",
        email=application.email or "",
        mobile=application.mobile or "",
        language=language(),
        return_url=f"{context().settings.public_url}{START}/{application.id}/done",
    )


def _submit_if_opened(application: Application) -> bool | None:
    account_id = application.account_id or ""
    opened = identity.is_opened(context().neighbours, account_id)
    if opened:
        with transaction() as work:
            waiting = service.hand_in(work, application.id, account_id)
        route_after_the_answer(waiting)
    return opened


def _tin_boxes(application: Application) -> list[str]:
    """The sealed TINs of every organization asked for."""
    with reading() as session:
        further = organizations.of_application(session, application.id)
    boxes = [application.tin_box, *(each.tin_box for each in further)]
    return [box for box in boxes if box]


def _known_account(application: Application) -> str | None:
    """The account of an applicant who has one that still works, None for somebody new or with answers missing."""
    if application.state != states.State.CONTACT_PROVED or application.account_id:
        return None
    with reading() as session:
        account_id = people.known_account(session, application)
    return None if account_id and identity.is_closed(context().neighbours, account_id) else account_id


def _requests(application: Application) -> list[tuple[Application, str | None]]:
    """Everything the application of this browser became, itself first, each with the last digits of its TIN."""
    with reading() as session:
        found = models.of_batch(session, application.id) or [application]
    return [(each, last4(each)) for each in found]
