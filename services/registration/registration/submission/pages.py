"""The page door around submission: hand the answers in, come back from identity, follow what happens, withdraw."""

from flask import Blueprint, Flask, Response

from registration.applications import models, states
from registration.applications import service as applications
from registration.applications.browser import START, at, draft, see
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.neighbours import identity
from registration.neighbours.identity import NewAccount
from registration.settings import RegistrationSettings
from registration.submission import service
from shared.auth import ACR_PASSWORD, open_page
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.shell.language import language
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

submission = Blueprint("submission", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")
_MINE = signed_in(acr=ACR_PASSWORD, population=("provider",))
_STATUS = f"{START}/status"


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
    made = identity.make_account(context().neighbours, context().settings.public_url, _new_account(application))
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
    made = identity.make_account(context().neighbours, context().settings.public_url, _new_account(application))
    return see(made.activation_url)


@submission.get("/<application_id>/done")
@_OPEN
def done(application_id: str) -> Response:
    """Where identity sends the browser back to. Only the browser of the draft learns anything here."""
    application = draft()
    if application is None or application.id != application_id:
        return see(_STATUS)
    if application.state in states.DRAFTING and application.account_id is None:
        return see(f"{START}/check")
    opened = application.state not in states.DRAFTING or _submit_if_opened(application)
    if opened:
        return page("registration/done.html", application=application)
    return page("registration/unopened.html", application=application, away=opened is None)


@submission.get("/status")
@_MINE
def status() -> Response:
    """What happens next, who decides, by when."""
    found = _mine()
    unsent = [each for each in found if each.state in states.DRAFTING]
    for each in unsent:  # who signs in has opened the account: the event may still be on its way
        with transaction() as work:
            service.submit(work, each.id, person().account_id)
    return page("registration/status.html", 200, **_status_values(_mine() if unsent else found))


@submission.get("/status/<application_id>/withdraw")
@_MINE
def ask_withdraw(application_id: str) -> Response:
    """Are you sure? Nothing happens on GET."""
    application = _my(application_id)
    if application.state not in states.PENDING:
        return see(_STATUS)
    return page("registration/withdraw.html", 200, application=application, **_person_values())


@submission.post("/status/<application_id>/withdraw")
@_MINE
def withdraw(application_id: str) -> Response:
    """Take the application back; one that is decided meanwhile stays decided, and the status page says so."""
    with transaction() as work:
        service.withdraw(work, application_id, person().account_id)
    return see(_STATUS)


def _new_account(application: Application) -> NewAccount:
    return NewAccount(
        reference=application.id,
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
            service.submit(work, application.id, account_id)
    return opened


def _mine() -> list[Application]:
    with reading() as session:
        return models.of_account(session, person().account_id)


def _my(application_id: str) -> Application:
    found = next((each for each in _mine() if each.id == application_id), None)
    if found is None:
        raise not_found()
    return found


def _status_values(found: list[Application]) -> dict[str, object]:
    newest = found[0] if found else None
    return {
        "application": newest,
        "earlier": found[1:],
        "pending": newest is not None and newest.state in states.PENDING,
        "late": bool(newest and newest.due_at and newest.due_at < context().clock.now()),
        "desk_hours": context().settings_as(RegistrationSettings).desk_hours,
        **_person_values(),
    }


def _person_values() -> dict[str, object]:
    return {"person_name": person().name, "signout_url": f"{START}/signout"}
