"""The page door of `/register`: one question to a page; a POST ends in a redirect, or in its page with errors."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, request

from registration.applications import answers, flow, service, states
from registration.applications.answers import OWN_CHOICE, AccessAnswer
from registration.applications.browser import START, address, at, draft, hasher, see, stages, tie
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.applications.offer import current as current_offer
from registration.applications.proofs import go_on
from registration.directory.vault import TinVault
from shared.auth import open_page
from shared.web.addresses import on_this_origin
from shared.web.door import context, transaction
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language, words
from shared.web.shell.render import page

register = Blueprint("register", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(register)


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
    return _ask(Step.WHO, {"identity_type": application.identity_type})


@register.post("/who")
@_OPEN
@at(Step.WHO)
def who_answered(application: Application) -> Response:
    """Keep who the person is."""
    answer = answers.who(request.form)
    if isinstance(answer, dict):
        return _ask_again(Step.WHO, answer)
    with transaction() as work:
        service.answer_who(work, service.hold(work, application.id), answer)
    return go_on(application.id)


@register.get("/organization")
@_OPEN
@at(Step.ORGANIZATION)
def organization(application: Application) -> Response:
    """Which organization? The TIN given before is never shown again, only its last digits."""
    has_tin = {True: "yes", False: "no", None: None}[application.has_tin]
    values = {"organization_name": application.organization_name, "has_tin": has_tin, "npi": application.npi}
    return _ask(Step.ORGANIZATION, values, kept_last4=_last4(application))


@register.post("/organization")
@_OPEN
@at(Step.ORGANIZATION)
def organization_answered(application: Application) -> Response:
    """Keep the organization; the answer is the same whatever the TIN is."""
    answer = answers.organization(request.form, tin_kept=application.tin_box is not None)
    if isinstance(answer, dict):
        return _ask_again(Step.ORGANIZATION, answer, kept_last4=_last4(application))
    with transaction() as work:
        held = service.hold(work, application.id)
        service.answer_organization(work, context().part(TinVault), held, answer)
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
    return _ask(Step.CONTACT, values)


@register.post("/contact")
@_OPEN
@at(Step.CONTACT)
def contact_answered(application: Application) -> Response:
    """Keep the contacts; the way on sends the first code."""
    answer = answers.contact(request.form)
    if isinstance(answer, dict):
        return _ask_again(Step.CONTACT, answer)
    with transaction() as work:
        service.answer_contact(work, service.hold(work, application.id), answer)
    return go_on(application.id)


@register.get("/access")
@_OPEN
@at(Step.ACCESS)
def access(application: Application) -> Response:
    """What do you need to do? First the sets that fit most people."""
    profile = application.profile or (OWN_CHOICE if application.functions else None)
    return _ask(Step.ACCESS, {"profile": profile}, offer=current_offer(context()))


@register.post("/access")
@_OPEN
@at(Step.ACCESS)
def access_answered(application: Application) -> Response:
    """Keep the set, or go on to the single tasks."""
    if request.form.get("profile") == OWN_CHOICE:
        return see(f"{address(Step.ACCESS)}/tasks")
    offer = current_offer(context())
    answer = answers.profile(request.form, offer.profiles())
    if isinstance(answer, dict):
        return _ask_again(Step.ACCESS, answer, offer=offer)
    return _keep_access(application, answer)


@register.get("/access/tasks")
@_OPEN
@at(Step.ACCESS)
def tasks(application: Application) -> Response:
    """Which tasks, one by one?"""
    values = {"functions": application.functions or []}
    return _ask(Step.ACCESS, values, template="tasks", offer=current_offer(context()))


@register.post("/access/tasks")
@_OPEN
@at(Step.ACCESS)
def tasks_answered(application: Application) -> Response:
    """Keep the tasks."""
    offer = current_offer(context())
    answer = answers.tasks(request.form.getlist("functions"), offer.ids())
    if isinstance(answer, dict):
        return _ask_again(Step.ACCESS, answer, template="tasks", offer=offer)
    return _keep_access(application, answer)


@register.get("/check")
@_OPEN
@at(Step.CHECK)
def check(application: Application) -> Response:
    """Check your answers; `submission.pages` takes them from here."""
    offer = current_offer(context())
    wanted = [_(task.task) for task in offer.named(application.functions or [])]
    profile = next((_(each.name) for each in offer.bundles if each.id == application.profile), None)
    shown = {"application": application, "last4": _last4(application), "wanted": wanted, "profile": profile}
    return _ask(Step.CHECK, {}, 200, None, **shown)


def _back(given: Mapping[str, str]) -> str | None:
    """Where an app's sign-in goes on afterwards (OIDC prompt=create): a path of ours, or nowhere (threat 25)."""
    found = given.get("back", "")
    return found if on_this_origin(found) else None


def _last4(application: Application) -> str | None:
    return context().part(TinVault).last4(application.tin_box) if application.tin_box else None


def _keep_access(application: Application, answer: AccessAnswer) -> Response:
    with transaction() as work:
        service.answer_access(work, service.hold(work, application.id), answer)
    return go_on(application.id)


def _ask(
    step: Step, values: Mapping[str, object], status: int = 200, template: str | None = None, **more: object
) -> Response:
    shown = {"values": values, "stages": stages(), "place": flow.place(step) + 1, **more}
    return page(f"registration/{template or step}.html", status, **shown)


def _ask_again(step: Step, errors: answers.Errors, template: str | None = None, **more: object) -> Response:
    """The same question with what was typed, a TIN excepted: it never comes back in a page."""
    typed: dict[str, object] = {name: value for name, value in request.form.items() if name != "tin"}
    typed["functions"] = request.form.getlist("functions")
    spoken = {name: words().render(sentence) for name, sentence in errors.items()}
    return _ask(step, typed, 422, template, errors=spoken, **more)
