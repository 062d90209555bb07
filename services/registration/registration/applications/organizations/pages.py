"""The page door of organizations: the first one as a question, the others as a list that one adds to and takes from."""

from collections.abc import Sequence

from flask import Blueprint, Flask, Response, request

from registration.applications import service
from registration.applications.answers import Errors, IdentityType, OrganizationAnswer
from registration.applications.browser import START, ask, ask_again, at, see
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.applications.offer import Offer
from registration.applications.offer import current as current_offer
from registration.applications.organizations import answers, listing, models, showing
from registration.applications.organizations import service as organizations
from registration.applications.organizations.listing import LineFault
from registration.applications.organizations.service import Taken, TooMany
from registration.applications.proofs import go_on
from registration.directory.vault import TinVault
from shared.auth import open_page
from shared.i18n import Message, say
from shared.service import Work
from shared.web.door import context, transaction
from shared.web.shell.language import words

pages = Blueprint("asked_for", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")
_LIST = f"{START}/organizations"
_UNREAD = say("Some lines were not taken over. Enter only those again.")


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(pages)


@pages.get("/organization")
@_OPEN
@at(Step.ORGANIZATION)
def organization(application: Application) -> Response:
    """Which organization? The TIN given before is never shown again, only its last digits."""
    answered = application.organization_kind is not None
    lines = application.lines if answered else _line_of(application)
    values = {
        "organization_name": application.organization_name,
        "organization_kind": application.organization_kind or "practice",
        "has_tin": {True: "yes", False: "no", None: None}[application.has_tin],
        "npi": application.npi,
        "no_npi": ["yes"] if answered and application.npi is None else [],
        "lines": lines,
    }
    return ask(Step.ORGANIZATION, values, shown=_first_shown(application))


@pages.post("/organization")
@_OPEN
@at(Step.ORGANIZATION)
def organization_answered(application: Application) -> Response:
    """Keep the organization; the answer is the same whatever the TIN is. One button leads on, the other to the list."""
    lines, kept = request.form.getlist("lines"), application.tin_box is not None
    answer = answers.first(request.form, lines, _identity(application), tin_kept=kept)
    if isinstance(answer, dict):
        return ask_again(Step.ORGANIZATION, answer, shown=_first_shown(application))
    offer = _offer_to_fit(application)
    with transaction() as work:
        held = service.hold(work, application.id)
        service.answer_organization(work, context().part(TinVault), held, answer)
        _fit(work, held, offer)
    return see(_LIST) if request.form.get("more") else go_on(application.id)


@pages.get("/organizations")
@_OPEN
@at(Step.CONTACT)
def further(application: Application) -> Response:
    """The organizations asked for so far, and room for another."""
    values = {"organization_kind": application.organization_kind, "lines": application.lines}
    known = request.args.get("known", 0, int)
    return ask(Step.ORGANIZATION, values, template="organizations", shown={"known": known, **_list_shown(application)})


@pages.post("/organizations")
@_OPEN
@at(Step.CONTACT)
def add(application: Application) -> Response:
    """Put one more on the list."""
    answer = answers.further(request.form, request.form.getlist("lines"), _identity(application))
    if isinstance(answer, dict):
        return _list_again(application, answer)
    taken = _add(application, [answer])
    if isinstance(taken, TooMany):
        return _list_again(application, {"": _too_many(taken)})
    return see(f"{_LIST}?known={taken.known}" if taken.known else _LIST)


@pages.post("/organizations/onward")
@_OPEN
@at(Step.CONTACT)
def onward(application: Application) -> Response:
    """The list is whole: on to the next question, or back to the check page."""
    return go_on(application.id)


@pages.post("/organizations/remove")
@_OPEN
@at(Step.CONTACT)
def remove(application: Application) -> Response:
    """Take one off the list; one that is gone already stays gone."""
    with transaction() as work:
        models.remove(work.session, service.hold(work, application.id).id, request.form.get("organization", ""))
    return see(_LIST)


@pages.get("/organizations/paste")
@_OPEN
@at(Step.CONTACT)
def paste(application: Application) -> Response:
    """Many at once, one line each."""
    values = {"organization_kind": application.organization_kind, "lines": application.lines}
    return ask(Step.ORGANIZATION, values, template="organizations_paste", shown=_list_shown(application))


@pages.post("/organizations/paste")
@_OPEN
@at(Step.CONTACT)
def pasted(application: Application) -> Response:
    """Take the lines over that name an organization, and say which do not."""
    errors: Errors = {}
    kind = answers.kind(request.form, _identity(application), errors)
    lines = answers.lines_of(request.form.getlist("lines"), errors)
    rows, faults = listing.read(request.form.get("list", ""))
    if not rows and not faults:
        errors["list"] = say("Enter at least one TIN")
    if errors:
        return _paste_again(application, errors)
    name = application.organization_name or ""
    found = [OrganizationAnswer(row.name or name, True, row.tin, None, kind, lines) for row in rows]
    return _pasted(application, _add(application, found), faults)


def _pasted(application: Application, taken: Taken | TooMany, faults: Sequence[LineFault]) -> Response:
    if isinstance(taken, TooMany):
        return _paste_again(application, {"list": _too_many(taken)})
    if not faults:
        return see(f"{_LIST}?known={taken.known}" if taken.known else _LIST)
    return _paste_again(application, {"list": _UNREAD}, taken, faults)


def _add(application: Application, found: Sequence[OrganizationAnswer]) -> Taken | TooMany:
    offer = _offer_to_fit(application)
    with transaction() as work:
        held = service.hold(work, application.id)
        taken = organizations.add(work, context().part(TinVault), held, found)
        _fit(work, held, offer)
    return taken


def _offer_to_fit(application: Application) -> Offer | None:
    """What tasks already chosen are measured against; fetched before the transaction begins."""
    return current_offer(context()) if application.functions else None


def _fit(work: Work, held: Application, offer: Offer | None) -> None:
    if offer is not None:
        service.drop_unfitting(work, held, offer.fitting(organizations.kinds_of(work.session, held)).ids())


def _identity(application: Application) -> IdentityType:
    return IdentityType(application.identity_type or "")


def _line_of(application: Application) -> list[str]:
    """The line of business that goes with who the person is, ticked beforehand."""
    identity = _identity(application)
    return [] if identity is IdentityType.REPRESENTATIVE else [identity]


def _shown(application: Application) -> dict[str, object]:
    own_npi = _identity(application) is not IdentityType.REPRESENTATIVE
    return {"own_npi": own_npi, "kinds": showing.kind_options(application), "lines": showing.line_options()}


def _first_shown(application: Application) -> dict[str, object]:
    return {"kept_last4": showing.last4(application), **_shown(application)}


def _list_shown(application: Application) -> dict[str, object]:
    return {"organizations": showing.listed(application), "most": listing.MOST, **_shown(application)}


def _list_again(application: Application, errors: Errors) -> Response:
    return ask_again(Step.ORGANIZATION, errors, template="organizations", shown=_list_shown(application))


def _paste_again(
    application: Application, errors: Errors, taken: Taken | None = None, faults: Sequence[LineFault] = ()
) -> Response:
    said = [(fault.line, words().render(fault.sentence)) for fault in faults]
    shown = {"taken": taken, "faults": said, **_list_shown(application)}
    return ask_again(Step.ORGANIZATION, errors, template="organizations_paste", shown=shown)


def _too_many(refused: TooMany) -> Message:
    return say(
        "One application asks for at most %(most)s organizations, and there is room for %(free)s more. "
        "Nothing was added: hand this application in, then apply for the others.",
        most=listing.MOST,
        free=refused.free,
    )
