"""The page door of one case: look at it, record a call, seat the applicant, refuse, show a masked contact."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request

from registration.applications.browser import see
from registration.desk.acts import call_fault, call_record, seat_of
from registration.desk.pages.forms import CallForm, NextCallForm, RefusalForm, RevealForm, SeatForm
from registration.desk.pages.frame import QUEUE, agent, case_address, staff
from registration.desk.pages.refusals import Cause, reason
from registration.desk.pages.showing import allowed_ids, case_page, read
from registration.directory.vault import TinVault
from registration.vetting import service
from registration.vetting.dormant import service as dormant
from registration.vetting.service import Fact
from registration.words import words_of
from shared.errors import Problem
from shared.service import Work
from shared.web.door import context, transaction
from shared.web.forms import read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words

blueprint = Blueprint("desk_cases", __name__, url_prefix=f"{QUEUE}/cases/<case_id>")
NEXT_CALL = "case_next_call.html"


@blueprint.get("")
@staff
def show(case_id: str) -> Response:
    """One case."""
    return case_page(case_id)


@blueprint.post("/calls")
@staff
def call(case_id: str) -> Response:
    """Record a call."""
    values, errors = read_form(CallForm)
    if errors:
        return case_page(case_id, 422, form="call", typed=values, errors=errors)
    record = call_record(values)
    fault = call_fault(context(), case_id, record)
    if fault is not None:
        return case_page(case_id, 422, form="call", typed=values, errors={fault[0]: words().render(fault[1])})
    return act(case_id, lambda work: service.record_call(work, case_id, agent(), record))


@blueprint.get("/next-call")
@staff
def ask_next_call(case_id: str) -> Response:
    """When is the office called again?"""
    return case_page(case_id, template=NEXT_CALL)


@blueprint.post("/next-call")
@staff
def next_call(case_id: str) -> Response:
    """Keep when the office is called again."""
    values, errors = read_form(NextCallForm)
    if not errors and datetime.fromisoformat(values["call_at"]) <= context().clock.now():
        errors = {"call_at": _("Choose a time that is still to come")}
    if errors:
        return case_page(case_id, 422, template=NEXT_CALL, typed=values, errors=errors)
    at = datetime.fromisoformat(values["call_at"])
    return act(case_id, lambda work: service.schedule_call(work, case_id, agent(), at))


@blueprint.post("/seat")
@staff
def seat(case_id: str) -> Response:
    """Seat the applicant as first access manager."""
    values, errors = read_form(SeatForm(allowed_ids(case_id, request.form.get("organization_kind", ""))))
    if errors:
        return case_page(case_id, 422, form="seat", typed=values, errors=errors)
    asked, vault = seat_of(values), context().part(TinVault)
    return act(case_id, lambda work: service.seat(work, vault, case_id, agent(), asked))


@blueprint.post("/refuse")
@staff
def refuse(case_id: str) -> Response:
    """Refuse the application: a common cause, the agent's own words, or both."""
    values, errors = read_form(RefusalForm)
    if errors:
        return case_page(case_id, 422, form="refuse", typed=values, errors=errors)
    reader = words_of(read(case_id).language)
    told = reason(Cause(values["cause"] or Cause.OTHER), values["reason"], reader)
    if not told:
        wrong = {"reason": _("Enter the reason. The applicant reads it, so say what they can do.")}
        return case_page(case_id, 422, form="refuse", typed=values, errors=wrong)
    return act(case_id, lambda work: service.refuse(work, case_id, agent(), told))


@blueprint.post("/answered")
@staff
def close_answered(case_id: str) -> Response:
    """Close the case: the manager who stopped signing in answered, and stays."""
    return act(case_id, lambda work: dormant.close_answered(work, case_id, agent()))


@blueprint.post("/reveal")
@staff
def reveal(case_id: str) -> Response:
    """Show a masked contact once, in this answer only, and write down who looked."""
    values, errors = read_form(RevealForm)
    if errors:
        return case_page(case_id, 422, errors={"": errors["field"]})
    with transaction() as work:
        found = service.reveal(work, case_id, agent(), Fact(values["field"]))
    return case_page(case_id, revealed={values["field"]: found})


def act(case_id: str, use_case: Callable[[Work], object]) -> Response:
    """Carry out an act in one transaction."""

    def in_one() -> None:
        with transaction() as work:
            use_case(work)

    return carried_out(case_id, in_one)


def carried_out(case_id: str, whole: Callable[[], object]) -> Response:
    """Back to the case after an act; one that comes too late, or too early, shows the case as it stands and why."""
    try:
        whole()
    except Problem as problem:
        if problem.status != 409:
            raise
        return case_page(case_id, 409, conflict=problem)
    return see(case_address(case_id))
