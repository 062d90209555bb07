"""The page door of letters for the desk: what is to print, one letter, and the paper itself, shown once."""

from flask import Blueprint, Flask, Response, request

from registration.applications.browser import see
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import service
from registration.evidence.letters.service import Reason
from shared.auth import ACR_TWO_FACTORS
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choice, PageForm, Text, Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

letters = Blueprint("letters", __name__, url_prefix="/desk/letters")
_STAFF = signed_in(acr=ACR_TWO_FACTORS, population=("staff",))


class _PrintForm(PageForm):
    """How often the letter had been printed when the agent looked."""

    prints = Text()


class _WriteForm(PageForm):
    """For which application a letter is written."""

    number = Text(empty=say("Enter the application number"), longest=20)


class _CancelForm(PageForm):
    """Why the letter is cancelled."""

    reason = Choice([str(each) for each in Reason], empty=say("Choose why the letter is cancelled"))


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(letters)


@letters.get("", strict_slashes=False)
@_STAFF
def listed() -> Response:
    """The letters of the desk's cases, those to print first."""
    return _list(200)


@letters.post("", strict_slashes=False)
@_STAFF
def write() -> Response:
    """Write a letter of the desk's own accord."""
    values, errors = read_form(_WriteForm)
    if errors:
        return _list(422, values, errors)
    try:
        with transaction() as work:
            letter_id = service.write(work, values["number"], by=person().name)
    except Problem:
        return _list(422, values, {"number": _("No case with a TIN has this application number")})
    return see(f"/desk/letters/{letter_id}")


@letters.get("/<letter_id>")
@_STAFF
def letter(letter_id: str) -> Response:
    """One letter before it is printed, and again, or cancelled."""
    return _show(letter_id)


@letters.post("/<letter_id>/print")
@_STAFF
def paper(letter_id: str) -> Response:
    """The letter itself: made by this POST, and never shown again."""
    values, _errors = read_form(_PrintForm)
    prints = int(values["prints"]) if str(values["prints"]).isdecimal() else -1
    hasher, name = context().part(EvidenceHasher), person().name
    try:
        with transaction() as work:
            text = service.print_letter(work, hasher, letter_id, prints=prints, by=name)
    except Problem as problem:
        return _conflict(letter_id, problem)
    return page("registration/letter_paper.html", 200, letter=text, letter_id=letter_id, **_person_values())


@letters.post("/<letter_id>/cancel")
@_STAFF
def cancel(letter_id: str) -> Response:
    """Cancel a letter."""
    values, errors = read_form(_CancelForm)
    if errors:
        return _show(letter_id, 422, errors=errors)
    try:
        with transaction() as work:
            service.cancel(work, letter_id, Reason(values["reason"]), by=person().name)
    except Problem as problem:
        return _conflict(letter_id, problem)
    return see("/desk/letters")


def reasons() -> list[tuple[str, str]]:
    """Why a letter is cancelled, in words."""
    return [
        (Reason.NO_ADDRESS, _("There is no address, or a wrong one, on file")),
        (Reason.CAME_BACK, _("The letter came back")),
        (Reason.DOUBTFUL, _("The application is doubtful")),
        (Reason.NOT_NEEDED, _("It is no longer needed")),
    ]


def _list(status: int, values: Values | None = None, errors: dict[str, str] | None = None) -> Response:
    with reading() as session:
        found = service.listed(session)
    shown = {"files": found, "values": values or {}, "errors": errors or {}}
    return page("registration/letters.html", status, **shown, **_person_values())


def _conflict(letter_id: str, problem: Problem) -> Response:
    if problem.status != 409:
        raise problem
    return _show(letter_id, 409, conflict=problem)


def _show(
    letter_id: str, status: int = 200, errors: dict[str, str] | None = None, conflict: Problem | None = None
) -> Response:
    with reading() as session:
        found = service.read_file(session, letter_id)
    shown = {"file": found, "errors": errors or {}, "conflict": conflict, "reasons": reasons()}
    return page("registration/letter.html", status, **shown, chosen=request.form.get("reason"), **_person_values())


def _person_values() -> dict[str, object]:
    nav = [
        ("/desk", _("Vetting queue"), False),
        ("/desk/letters", _("Letters"), True),
        ("/admin", _("Help somebody sign in"), False),
    ]
    return {"person_name": person().name, "signout_url": "/register/signout", "nav": nav, "home_url": "/desk"}
