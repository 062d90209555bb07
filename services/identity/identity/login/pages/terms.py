"""The page door of the terms of use: on the way to an app, whoever has not accepted the version in force reads it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.accounts import service as accounts
from identity.login import steps
from identity.login.flow import Step
from identity.login.pages.carried import person
from identity.terms import service as terms
from shared.auth import open_page
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Digits, Errors, PageForm, Tick, read_form
from shared.web.shell.language import language
from shared.web.shell.render import page

blueprint = Blueprint("login_terms", __name__, url_prefix="/login")
_WHY = "the session and the flow decide; without them it leads to the first step"

_ANEW = say("Open the page once more and answer again")


class TermsForm(PageForm):
    """The answer, and which version was shown: a newer one is shown before it can be accepted."""

    version = Digits(empty=_ANEW, wrong=_ANEW)
    accept = Tick(empty=say("Tick the box if you accept the terms"))


@blueprint.get("/terms")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Show the terms, if that is the step that is missing."""
    place = steps.find()
    if place.step is not Step.TERMS or place.present is None:
        return steps.onward(place.ticket, place.step)
    return _form(place.present.account_id, {}) or steps.again(place.ticket)


@blueprint.post("/terms")
@open_page(_WHY)
def accept() -> ResponseReturnValue:
    """Remember that the person accepted the version that was shown; a newer one is shown first."""
    place = steps.find()
    if place.step is not Step.TERMS or place.present is None:
        return steps.onward(place.ticket, place.step)
    values, errors = read_form(TermsForm)
    account_id = place.present.account_id
    if errors:
        return _form(account_id, errors) or steps.again(place.ticket)
    with transaction(person(place.present)) as work:
        terms.accept(work, account_id, int(values["version"]))
    return steps.again(place.ticket)


def _form(account_id: str, errors: Errors) -> Response | None:
    now = context().clock.now()
    with reading() as session:
        account = accounts.get(session, account_id)
        due = terms.due(session, account_id, account.population, now) if account else None
        earlier = bool(terms.accepted(session, account_id))
    if due is None:
        return None
    shown = {"terms": due, "paragraphs": due.paragraphs(language()), "earlier": earlier}
    return page("login/terms.html", 422 if errors else 200, errors=errors, **shown)
