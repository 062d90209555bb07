"""The page door of the language: of our letters, and of the pages in this browser."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.sessions import door
from shared.i18n import LANGUAGE_NAMES, say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choice, Errors, PageForm, read_form
from shared.web.shell.language import PARAMETER
from shared.web.shell.render import page

blueprint = Blueprint("language", __name__)
_HERE = "/account/language"


class LanguageForm(PageForm):
    """The language, one of those the operator offers."""

    language = Choice(empty=say("Choose a language"))


@blueprint.get(_HERE)
@door.signed_in()
def show() -> ResponseReturnValue:
    """Show the languages and the present choice."""
    return _form({}, done=request.args.get("done") == "saved")


@blueprint.post(_HERE)
@door.signed_in()
def choose() -> ResponseReturnValue:
    """Remember the language, and go on in it."""
    values, errors = read_form(LanguageForm)
    if not errors and values["language"] not in context().settings.languages:
        errors = {"language": say("Choose a language")}
    if errors:
        return _form(errors)
    with transaction() as work:
        accounts.speak(work, door.here().account_id, values["language"])
    return redirect(f"{_HERE}?done=saved&{PARAMETER}={values['language']}", 303)


def _form(errors: Errors, *, done: bool = False) -> ResponseReturnValue:
    with reading() as session:
        present = accounts.existing(session, door.here().account_id).language
    options = [(code, LANGUAGE_NAMES.get(code, code)) for code in context().settings.languages]
    status = 422 if errors else 200
    return page("profile/language.html", status, errors=errors, options=options, present=present, done=done)
