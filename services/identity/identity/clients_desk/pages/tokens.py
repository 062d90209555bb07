"""The page door of initial access tokens: who may register an app of their own, how often, until when."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.clients_desk import showing
from identity.oidc.clients.policy import POPULATIONS
from identity.oidc.registration import initial_tokens
from identity.oidc.registration.initial_tokens import DAYS, MOST_USES, PROFILES, Allowance
from identity.oidc.scopes import PERSONAL
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.names import NAMES
from identity.operators.roles import Area
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choice, Choices, Errors, PageForm, Text, Values, read_form
from shared.web.shell.language import words

blueprint = Blueprint("desk_registration", __name__, url_prefix="/admin/registration")
_WHOLE = say("Enter a whole number within these bounds")


class TokenForm(PageForm):
    """What may be registered."""

    label = Text(empty=say("Write whom it is for"), longest=100)
    profile = Choice(PROFILES, empty=say("Choose what may be registered"))
    purpose = Text(empty=say("Write what the app wants people's data for"), longest=300)
    scopes = Choices(PERSONAL, empty=say("Choose at least one"))
    populations = Choices(POPULATIONS)
    uses = Text(empty=_WHOLE, longest=3)
    days = Text(empty=_WHOLE, longest=3)


@blueprint.get("")
@staff(Area.READ_CLIENTS)
def show() -> ResponseReturnValue:
    """Every token that is kept."""
    with reading() as session:
        found = initial_tokens.listed(session)
    shown: Values = {"found": found, "now": context().clock.now(), "done": request.args.get("done") == "withdrawn"}
    return admin_page("oidc/administration/tokens.html", profiles=showing.PROFILE_NAMES, **shown)


@blueprint.get("/new")
@staff(Area.CLIENTS, acting=True)
def ask() -> ResponseReturnValue:
    """Ask what may be registered."""
    return _form({"scopes": ["openid", "profile"], "uses": "1", "days": "14"}, {})


@blueprint.post("/new")
@staff(Area.CLIENTS, acting=True)
def issue() -> ResponseReturnValue:
    """Issue a token and show it, once."""
    values, errors = read_form(TokenForm)
    errors = errors or _out_of_bounds(values)
    if errors:
        return _form(values, errors)
    texts = {name: values[name] for name in ("label", "profile", "purpose")}
    allowance = Allowance(**texts, scopes=tuple(values["scopes"]), populations=tuple(values["populations"]))
    with transaction() as work:
        _, token = initial_tokens.issue(work, allowance, int(values["uses"]), int(values["days"]))
    answer = admin_page("oidc/administration/token.html", label=values["label"], token=token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<token_id>/withdraw")
@staff(Area.CLIENTS, acting=True)
def withdraw(token_id: str) -> ResponseReturnValue:
    """Let nobody register with it any more."""
    with transaction() as work:
        initial_tokens.withdraw(work, token_id)
    return redirect("/admin/registration?done=withdrawn", 303)


def _form(values: Values, errors: Errors) -> ResponseReturnValue:
    kinds = [(name, words().render(showing.PROFILE_NAMES[name])) for name in PROFILES]
    people = [(name, words().render(NAMES[name])) for name in POPULATIONS]
    shown = {"kinds": kinds, "people": people, "scopes": [(one, one) for one in PERSONAL]}
    status = 422 if errors else 200
    return admin_page("oidc/administration/token_new.html", status, values=values, errors=errors, **shown)


def _out_of_bounds(values: Values) -> Errors:
    bounds = {"uses": MOST_USES, "days": DAYS}
    wrong = [name for name, within in bounds.items() if not _is_within(values[name], within)]
    return {name: words().render(_WHOLE) for name in wrong}


def _is_within(text: str, within: range) -> bool:
    return text.isascii() and text.isdecimal() and int(text) in within
