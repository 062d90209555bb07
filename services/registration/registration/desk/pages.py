"""The page door of the desk: the queue, a case, and its three acts. Staff with a second factor only, always."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response

from registration.applications.browser import see
from registration.applications.offer import Offer
from registration.applications.offer import current as current_offer
from registration.desk.acts import FAULTS, call_record, seat_of
from registration.desk.forms import CallForm, RefusalForm, SeatForm
from registration.directory.vault import TinVault
from registration.vetting import business_days, cases, service
from registration.vetting.cases import CallOutcome, Evidence, OrganizationKind
from registration.vetting.service import Agent, CaseFile
from shared.auth import ACR_TWO_FACTORS
from shared.errors import Problem
from shared.service import Work
from shared.web.door import context, reading, transaction
from shared.web.forms import Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

desk = Blueprint("desk", __name__, url_prefix="/desk")
_STAFF = signed_in(acr=ACR_TWO_FACTORS, population=("staff",))


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    app.register_blueprint(desk)


@desk.get("", strict_slashes=False)
@_STAFF
def queue() -> Response:
    """The open cases by due date."""
    now = context().clock.now()
    with reading() as session:
        found = service.queue(session)
    rows = [(each, business_days.business_days_left(now, each.case.due_at)) for each in found]
    return page("registration/desk.html", 200, rows=rows, now=now, **_person_values())


@desk.get("/cases/<case_id>")
@_STAFF
def case(case_id: str) -> Response:
    """One case."""
    return _show(case_id)


@desk.post("/cases/<case_id>/calls")
@_STAFF
def call(case_id: str) -> Response:
    """Record a call."""
    values, errors = read_form(CallForm)
    if errors:
        return _show(case_id, 422, "call", values, errors)
    record = call_record(values)
    fault = cases.fault_of(record.facts)
    if fault is not None:
        field, sentence = FAULTS[fault]
        return _show(case_id, 422, "call", values, {field: words().render(sentence)})
    return _act(case_id, lambda work: service.record_call(work, case_id, _agent(), record))


@desk.post("/cases/<case_id>/seat")
@_STAFF
def seat(case_id: str) -> Response:
    """Seat the applicant as first access manager."""
    offer = current_offer(context())
    with reading() as session:
        contracted = service.read_file(session, case_id).contracted
    allowed = [task.id for task in offer.allowed(contracted=contracted)]
    values, errors = read_form(SeatForm(allowed))
    if errors:
        return _show(case_id, 422, "seat", values, errors)
    asked, vault = seat_of(values), context().part(TinVault)
    return _act(case_id, lambda work: service.seat(work, vault, case_id, _agent(), asked))


@desk.post("/cases/<case_id>/refuse")
@_STAFF
def refuse(case_id: str) -> Response:
    """Refuse the application with a reason."""
    values, errors = read_form(RefusalForm)
    if errors:
        return _show(case_id, 422, "refuse", values, errors)
    return _act(case_id, lambda work: service.refuse(work, case_id, _agent(), values["reason"]))


def _act(case_id: str, act: Callable[[Work], object]) -> Response:
    """Carry out an act; one that comes too late, or too early, shows the case as it stands and why."""
    try:
        with transaction() as work:
            act(work)
    except Problem as problem:
        if problem.status != 409:
            raise
        return _show(case_id, 409, conflict=problem)
    return see(f"/desk/cases/{case_id}")


def _show(
    case_id: str,
    status: int = 200,
    form: str = "",
    typed: Values | None = None,
    errors: Mapping[str, str] | None = None,
    conflict: Problem | None = None,
) -> Response:
    with reading() as session:
        found = service.read_file(session, case_id)
    offer = current_offer(context())
    shown = {"form": form, "values": _values(found, form, typed), "errors": errors or {}, "conflict": conflict}
    return page("registration/case.html", status, **shown, **_facts(found, offer), **_person_values())


def _values(found: CaseFile, form: str, typed: Values | None) -> Values:
    """What the forms show: what was typed in the one that came back, what the application says in the others."""
    application = found.application
    known = {
        "organization_name": found.entry.name if found.entry else application.organization_name,
        "organization_kind": OrganizationKind.PRACTICE,
        "functions": application.functions or [],
    }
    return {**known, **(typed or {})} if form else known


def _facts(found: CaseFile, offer: Offer) -> dict[str, object]:
    application, now = found.application, context().clock.now()
    allowed = offer.allowed(contracted=found.contracted)
    return {
        "file": found,
        "application": application,
        "last4": context().part(TinVault).last4(application.tin_box) if application.tin_box else None,
        "wanted": [_(task.task) for task in offer.named(application.functions or [])],
        "tasks": [(task.id, _(task.task), _(task.sentence)) for task in allowed],
        "withheld": len(allowed) < len(offer.tasks),
        "days_left": business_days.business_days_left(now, found.case.due_at),
        "now": now,
        "outcomes": outcomes(),
        "evidence": evidence(),
        "kinds": kinds(),
    }


def outcomes() -> list[tuple[str, str]]:
    """How a call can end, in words."""
    return [
        (CallOutcome.CONFIRMED, _("The office confirmed")),
        (CallOutcome.NO_ANSWER, _("No answer")),
        (CallOutcome.VOICEMAIL, _("Left a message")),
        (CallOutcome.WRONG_NUMBER, _("Wrong number")),
        (CallOutcome.NOT_KNOWN, _("The office does not know the applicant")),
    ]


def evidence() -> list[tuple[str, str]]:
    """What an office can confirm, in words."""
    return [
        (Evidence.KNOWS_APPLICANT, _("They know the applicant, who works there")),
        (Evidence.AGREES_TO_MANAGER, _("They agree that the applicant manages access")),
        (Evidence.NAMED_LAST4, _("They named the last four digits of the TIN themselves")),
    ]


def kinds() -> list[tuple[str, str]]:
    """What an organization can be, in words."""
    return [
        (OrganizationKind.PRACTICE, _("Practice")),
        (OrganizationKind.FACILITY, _("Facility")),
        (OrganizationKind.BILLING_COMPANY, _("Billing company")),
        (OrganizationKind.VENDOR, _("Vendor")),
    ]


def _agent() -> Agent:
    return Agent(person().account_id, person().name)


def _person_values() -> dict[str, object]:
    # Identity's page for staff: a caller who cannot sign in is no case of ours.
    nav = [("/desk", _("Vetting queue"), True), ("/admin", _("Help somebody sign in"), False)]
    return {"person_name": person().name, "signout_url": "/register/signout", "nav": nav, "home_url": "/desk"}
