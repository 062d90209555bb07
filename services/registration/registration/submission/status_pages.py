"""The page door of a person's applications: follow what happens, withdraw one, apply again."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, Response

from registration.applications import models, states
from registration.applications.browser import START, hasher, see, tie
from registration.applications.models import Application
from registration.applications.organizations.showing import last4
from registration.applications.states import State
from registration.settings import RegistrationSettings
from registration.submission import reasons, service
from registration.submission.later import route_after_the_answer
from shared.auth import ACR_PASSWORD
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.shell.language import words
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

STATUS = f"{START}/status"
MINE = signed_in(acr=ACR_PASSWORD, population=("provider",))

followed = Blueprint("followed", __name__, url_prefix=STATUS)


@dataclass(frozen=True)
class _Followed:
    """One request as its applicant sees it; `reason` is that of a denial, in their language, `last4` of its TIN."""

    application: Application
    last4: str | None
    late: bool
    reason: str

    @property
    def pending(self) -> bool:
        """Whether it waits for its decision."""
        return self.application.state in states.PENDING

    @property
    def approved(self) -> bool:
        """Whether it gave access."""
        return self.application.state == State.APPROVED

    @property
    def ended(self) -> bool:
        """Whether it ended without access."""
        return self.application.state in states.FINAL and not self.approved


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(followed)


@followed.get("")
@MINE
def status() -> Response:
    """What happens next, who decides, by when, for every request."""
    found = _mine()
    unsent = [each for each in found if each.state in states.DRAFTING]
    for each in unsent:  # who signs in has opened the account: the event may still be on its way
        with transaction() as work:
            waiting = service.hand_in(work, each.id, person().account_id)
        route_after_the_answer(waiting)
    return page("registration/status.html", 200, **_shown(_mine() if unsent else found))


@followed.get("/<application_id>/withdraw")
@MINE
def ask_withdraw(application_id: str) -> Response:
    """Are you sure? Nothing happens on GET."""
    application = _my(application_id)
    if application.state not in states.PENDING:
        return see(STATUS)
    return page("registration/withdraw.html", 200, application=application, **frame())


@followed.post("/<application_id>/withdraw")
@MINE
def withdraw(application_id: str) -> Response:
    """Take the application back; one that is decided meanwhile stays decided, and the status page says so."""
    with transaction() as work:
        service.withdraw(work, application_id, person().account_id)
    return see(STATUS)


@followed.post("/<application_id>/again")
@MINE
def apply_again(application_id: str) -> Response:
    """Begin a new application with the answers of one that ended; straight to "check your answers"."""
    earlier = _my(application_id)
    if earlier.state not in states.FINAL:
        return see(STATUS)
    with transaction() as work:
        secret = service.begin_again(work, hasher(), earlier, person().account_id)
    return tie(see(f"{START}/check"), secret)


def frame() -> dict[str, object]:
    """What every page of a signed-in person shows around itself."""
    return {"person_name": person().name, "signout_url": f"{START}/signout"}


def _mine() -> list[Application]:
    with reading() as session:
        return models.of_account(session, person().account_id)


def _my(application_id: str) -> Application:
    found = next((each for each in _mine() if each.id == application_id), None)
    if found is None:
        raise not_found()
    return found


def _shown(found: list[Application]) -> dict[str, object]:
    """The newest application with all its requests, and whatever else waits; the rest is history."""
    newest = found[0] if found else None
    batch = newest.batch or newest.id if newest else None
    now = [each for each in found if each.state in states.PENDING or (each.batch or each.id) == batch]
    return {
        "requests": [_followed(each) for each in sorted(now, key=lambda each: _as_asked(each, batch))],
        "earlier": [_followed(each) for each in found if each not in now],
        "desk_hours": context().settings_as(RegistrationSettings).desk_hours,
        **frame(),
    }


def _as_asked(application: Application, newest: str | None) -> tuple[bool, str, bool, datetime, str]:
    """The newest application first, the organizations of each in the order of its mail."""
    batch = application.batch or application.id
    return batch != newest, batch, application.id != batch, application.created_at, application.id


def _followed(application: Application) -> _Followed:
    pending = application.state in states.PENDING
    late = pending and application.due_at is not None and application.due_at < context().clock.now()
    return _Followed(application, last4(application), late, reasons.told(application, words()))
