"""The page door of the terms of use: on the way to an app, whoever has not accepted the version in force reads it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.accounts import service as accounts
from identity.login import steps
from identity.login.flow import Step
from identity.login.pages.carried import at, person
from identity.login.steps import Place
from identity.sessions.service import SessionView
from identity.terms import service as terms
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Digits, Errors, PageForm, Tick, read_form
from shared.web.shell.language import language
from shared.web.shell.render import page

blueprint = Blueprint("login_terms", __name__, url_prefix="/login")

_ANEW = say("Open the page once more and answer again")


class TermsForm(PageForm):
    """The answer, and which version was shown: a newer one is shown before it can be accepted."""

    version = Digits(empty=_ANEW, wrong=_ANEW)
    accept = Tick(empty=say("Tick the box if you accept the terms"))


@blueprint.get("/terms")
@at(Step.TERMS)
def show(place: Place, present: SessionView) -> ResponseReturnValue:
    """Show the terms."""
    return _form(present.account_id, {}) or steps.again(place.ticket)


@blueprint.post("/terms")
@at(Step.TERMS)
def accept(place: Place, present: SessionView) -> ResponseReturnValue:
    """Remember that the person accepted the version that was shown; a newer one is shown first."""
    values, errors = read_form(TermsForm)
    account_id = present.account_id
    if errors:
        return _form(account_id, errors) or steps.again(place.ticket)
    with transaction(person(present)) as work:
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
