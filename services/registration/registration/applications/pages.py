"""The page door of `/register`: one question to a page; a POST ends in a redirect, or in its page with errors."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, request

from registration.applications import answers, flow, service, states
from registration.applications.answers import OWN_CHOICE, AccessAnswer
from registration.applications.browser import START, address, ask, ask_again, at, draft, hasher, see, tie
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.applications.offer import Offer
from registration.applications.offer import current as current_offer
from registration.applications.organizations import kinds
from registration.applications.organizations import models as organization_models
from registration.applications.organizations import pages as organization_pages
from registration.applications.organizations import service as organizations
from registration.applications.organizations.showing import listed
from registration.applications.proofs import go_on
from shared.auth import open_page
from shared.i18n import say
from shared.web.addresses import on_this_origin
from shared.web.door import context, reading, transaction
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language
from shared.web.shell.render import page

register = Blueprint("register", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")
_NOT_OPEN = say(
    "You also ask for a billing company or a vendor, and only a representative can. "
    "Take it off your organizations first."
)


def mount(app: Flask) -> None:
    """Add the pages to the app, those about organizations too."""
    app.register_blueprint(register)
    organization_pages.mount(app)


@register.get("", strict_slashes=False)
@_OPEN
def start() -> Response:
    """What is needed, and the way back into an application that was begun."""
    begun = draft()
    resumable = begun is not None and begun.state in states.DRAFTING and begun.account_id is None
    onward = address(flow.next_step(begun.progress())) if begun is not None and resumable else None
    return page("registration/start.html", begun=begun, onward=onward, back=_back(request.args))


@register.post("", strict_slashes=False)
@_OPEN
def begin() -> Response:
    """Open a draft for this browser."""
    with transaction() as work:
        _application, secret = service.begin(work, hasher(), language(), _back(request.form))
    return tie(see(address(Step.WHO)), secret)


@register.get("/who")
@_OPEN
@at(Step.WHO)
def who(application: Application) -> Response:
    """Who are you?"""
    return ask(Step.WHO, {"identity_type": application.identity_type})


@register.post("/who")
@_OPEN
@at(Step.WHO)
def who_answered(application: Application) -> Response:
    """Keep who the person is."""
    answer = answers.who(request.form)
    if isinstance(answer, dict):
        return ask_again(Step.WHO, answer)
    with reading() as session:
        if kinds.beyond(answer, organization_models.kinds_of(session, application.id)):
            return ask_again(Step.WHO, {"identity_type": _NOT_OPEN})
    with transaction() as work:
        service.answer_who(work, service.hold(work, application.id), answer)
    return go_on(application.id)


@register.get("/contact")
@_OPEN
@at(Step.CONTACT)
def contact(application: Application) -> Response:
    """How do we reach you?"""
    values = {
        "display_name": application.display_name,
        "email": application.email,
        "mobile": application.mobile_typed,
    }
    return ask(Step.CONTACT, values)


@register.post("/contact")
@_OPEN
@at(Step.CONTACT)
def contact_answered(application: Application) -> Response:
    """Keep the contacts; the way on sends the first code."""
    answer = answers.contact(request.form)
    if isinstance(answer, dict):
        return ask_again(Step.CONTACT, answer)
    with transaction() as work:
        service.answer_contact(work, service.hold(work, application.id), answer)
    return go_on(application.id)


@register.get("/access")
@_OPEN
@at(Step.ACCESS)
def access(application: Application) -> Response:
    """What do you need to do? First the sets that fit most people."""
    profile = application.profile or (OWN_CHOICE if application.functions else None)
    return ask(Step.ACCESS, {"profile": profile}, shown=_shown(_offer(application)))


@register.post("/access")
@_OPEN
@at(Step.ACCESS)
def access_answered(application: Application) -> Response:
    """Keep the set, or go on to the single tasks."""
    if request.form.get("profile") == OWN_CHOICE:
        return see(f"{address(Step.ACCESS)}/tasks")
    offer = _offer(application)
    answer = answers.profile(request.form, offer.profiles())
    if isinstance(answer, dict):
        return ask_again(Step.ACCESS, answer, shown=_shown(offer))
    return _keep_access(application, answer)


@register.get("/access/tasks")
@_OPEN
@at(Step.ACCESS)
def tasks(application: Application) -> Response:
    """Which tasks, one by one?"""
    values = {"functions": application.functions or []}
    return ask(Step.ACCESS, values, template="tasks", shown=_shown(_offer(application)))


@register.post("/access/tasks")
@_OPEN
@at(Step.ACCESS)
def tasks_answered(application: Application) -> Response:
    """Keep the tasks."""
    offer = _offer(application)
    answer = answers.tasks(request.form.getlist("functions"), offer.ids())
    if isinstance(answer, dict):
        return ask_again(Step.ACCESS, answer, template="tasks", shown=_shown(offer))
    return _keep_access(application, answer)


@register.get("/check")
@_OPEN
@at(Step.CHECK)
def check(application: Application) -> Response:
    """Check your answers; `submission.pages` takes them from here."""
    offer = current_offer(context())
    wanted = [_(task.task) for task in offer.named(application.functions or [])]
    profile = next((_(each.name) for each in offer.bundles if each.id == application.profile), None)
    shown = {"application": application, "wanted": wanted, "profile": profile, "organizations": listed(application)}
    return ask(Step.CHECK, {}, shown=shown)


def _back(given: Mapping[str, str]) -> str | None:
    """Where an app's sign-in goes on afterwards (OIDC prompt=create): a path of ours, or nowhere (threat 25)."""
    found = given.get("back", "")
    return found if on_this_origin(found) else None


def _shown(offer: Offer) -> Mapping[str, object]:
    return {"offer": offer, "narrowed": len(offer.tasks) < len(current_offer(context()).tasks)}


def _offer(application: Application) -> Offer:
    """What can be asked for, for all the organizations of the draft at once."""
    with reading() as session:
        kinds_asked = organizations.kinds_of(session, application)
    return current_offer(context()).fitting(kinds_asked)


def _keep_access(application: Application, answer: AccessAnswer) -> Response:
    with transaction() as work:
        service.answer_access(work, service.hold(work, application.id), answer)
    return go_on(application.id)
