"""The page door of four eyes: ask a colleague, take it back, agree, or say why not."""

from flask import Blueprint, Response, request

from registration.desk import acts
from registration.desk.acts import seat_of
from registration.desk.pages.case import act, carried_out
from registration.desk.pages.forms import ProposalForm, ProposalReadForm, RejectionForm
from registration.desk.pages.frame import QUEUE, agent, staff
from registration.desk.pages.showing import allowed_ids, case_page
from registration.vetting import service
from shared.web.door import context, transaction
from shared.web.forms import read_form

blueprint = Blueprint("desk_second", __name__, url_prefix=f"{QUEUE}/cases/<case_id>")
PROPOSE = "case_propose.html"


@blueprint.get("/propose")
@staff
def ask(case_id: str) -> Response:
    """What is proposed, and why is it right?"""
    return case_page(case_id, template=PROPOSE)


@blueprint.post("/propose")
@staff
def propose(case_id: str) -> Response:
    """Ask a colleague to agree that the applicant is seated."""
    values, errors = read_form(ProposalForm(allowed_ids(case_id, request.form.get("organization_kind", ""))))
    if errors:
        return case_page(case_id, 422, template=PROPOSE, typed=values, errors=errors)
    asked = seat_of(values)
    return act(case_id, lambda work: service.propose(work, case_id, agent(), asked, values["why"]))


@blueprint.post("/proposal/confirm")
@staff
def confirm(case_id: str) -> Response:
    """Agree to the proposal that was read, and seat."""
    read, errors = read_form(ProposalReadForm)
    if errors:
        return case_page(case_id, 422, errors={"": errors["proposal"]})
    return carried_out(case_id, lambda: acts.confirm(context(), transaction, case_id, agent(), read["proposal"]))


@blueprint.post("/proposal/withdraw")
@staff
def withdraw(case_id: str) -> Response:
    """Take one's own proposal back."""
    read, errors = read_form(ProposalReadForm)
    if errors:
        return case_page(case_id, 422, errors={"": errors["proposal"]})
    return act(case_id, lambda work: service.withdraw_proposal(work, case_id, read["proposal"], agent()))


@blueprint.post("/proposal/reject")
@staff
def reject(case_id: str) -> Response:
    """Do not agree, and say why."""
    values, errors = read_form(RejectionForm)
    if errors:
        return case_page(case_id, 422, form="reject", typed=values, errors=errors)
    said = values["no_because"]
    return act(case_id, lambda work: service.reject_proposal(work, case_id, values["proposal"], agent(), said))
