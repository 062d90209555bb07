"""The page door for somebody else as first manager: the person the office named instead of the applicant."""

from flask import Blueprint, Response, request

from registration.applications.browser import see
from registration.desk import acts
from registration.desk.acts import seat_of
from registration.desk.pages.case import act
from registration.desk.pages.forms import AnotherForm
from registration.desk.pages.frame import QUEUE, agent, case_address, staff
from registration.desk.pages.showing import allowed_ids, case_page
from registration.vetting import service
from registration.vetting.service import NewManager, Seat
from shared.errors import Problem
from shared.web.door import context, transaction
from shared.web.forms import Values, read_form
from shared.web.shell.language import gettext as _

blueprint = Blueprint("desk_another", __name__, url_prefix=f"{QUEUE}/cases/<case_id>")
ANOTHER = "case_another.html"
_TAKES_TWO = ("second-agent-needed", "no-confirmed-call")


@blueprint.get("/another")
@staff
def ask(case_id: str) -> Response:
    """Whom does the office name?"""
    return case_page(case_id, template=ANOTHER)


@blueprint.post("/another")
@staff
def name(case_id: str) -> Response:
    """Seat the person, or, with a reason, ask a colleague to agree."""
    values, errors = read_form(AnotherForm(allowed_ids(case_id, request.form.get("organization_kind", ""))))
    if errors:
        return case_page(case_id, 422, template=ANOTHER, typed=values, errors=errors)
    person, asked = NewManager(values["display_name"], values["email"], values["mobile"]), seat_of(values)
    if values["why"]:
        return act(case_id, lambda work: service.propose(work, case_id, agent(), asked, values["why"], person))
    return _seat(case_id, asked, person, values)


def _seat(case_id: str, asked: Seat, person: NewManager, typed: Values) -> Response:
    try:
        acts.name_another(context(), transaction, case_id, agent(), asked, person)
    except Problem as problem:
        return _refused(case_id, problem, typed)
    return see(case_address(case_id))


def _refused(case_id: str, problem: Problem, typed: Values) -> Response:
    """What one agent may not do alone comes back with the question why; what came too late, as the case stands."""
    if problem.slug in _TAKES_TWO:
        errors = {"why": _("This takes a second person of the desk. Say why it is right, and a colleague is asked.")}
        return case_page(case_id, 409, template=ANOTHER, form="second", typed=typed, errors=errors)
    if problem.slug == "is-the-applicant":
        errors = {"email": _("This is the address of the applicant. Seat the applicant instead.")}
        return case_page(case_id, 409, template=ANOTHER, typed=typed, errors=errors)
    if problem.status == 409:
        return case_page(case_id, 409, conflict=problem)
    raise problem
