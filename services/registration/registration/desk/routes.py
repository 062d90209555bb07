"""The API door of the desk: the queue, a case, and its acts. Every act is audited by its use case."""

from datetime import datetime
from typing import Any, cast

from flask import Flask, Response
from flask_smorest import Blueprint

from registration.applications.staff import is_person, only_staff
from registration.desk import acts, schemas
from registration.desk.acts import call_record, seat_of
from registration.desk.showing import shown
from registration.directory.vault import TinVault
from registration.vetting import service
from registration.vetting.cases import Ground
from registration.vetting.dormant import service as dormant
from registration.vetting.models import Proposal, VettingCall
from registration.vetting.service import Agent, Fact, Queue, QueueFilter
from shared.auth import caller, requires
from shared.errors import forbidden, unprocessable
from shared.web.api import register
from shared.web.door import context, reading, transaction

desk = Blueprint("cases", __name__, url_prefix="/api/registration/v1/cases")
desk.before_request(only_staff)


def mount(app: Flask) -> None:
    """Add the views to the app and to its OpenAPI document."""
    register(app, desk)


@desk.get("")
@desk.arguments(schemas.QueueIn, location="query")
@desk.response(200, schemas.CasesOut)
@requires("vetting.manage")
def queue(asked: dict[str, Any]) -> dict[str, object]:
    """The open cases by due date, filtered and in pages."""
    found = _queue(asked)
    now, vault = context().clock.now(), context().part(TinVault)
    listed = [shown(each, now, vault) for each in found.files]
    return {"cases": listed, "total": found.total, "page": found.page, "pages": found.pages}


@desk.get("/export")
@desk.arguments(schemas.QueueIn, location="query")
@desk.response(200, content_type="text/csv")
@requires("vetting.manage")
def export(asked: dict[str, Any]) -> Response:
    """A page of the queue as CSV, safe to open in a spreadsheet."""
    pieces = acts.export(_queue(asked).files, context().part(TinVault), context().clock.now())
    headers = {"Content-Disposition": 'attachment; filename="vetting.csv"', "Cache-Control": "no-store"}
    return Response("".join(pieces), content_type="text/csv; charset=utf-8", headers=headers)


@desk.get("/<case_id>")
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def show(case_id: str) -> dict[str, object]:
    """Read one case."""
    return show_now(case_id)


@desk.post("/<case_id>/calls")
@desk.arguments(schemas.CallIn)
@desk.response(201, schemas.CallOut)
@requires("vetting.manage")
def call(body: dict[str, object], case_id: str) -> VettingCall:
    """Record a call to the office."""
    record = call_record(body)
    fault = acts.call_fault(context(), case_id, record)
    if fault is not None:
        raise unprocessable({fault[0]: [fault[1]]})
    with transaction() as work:
        return service.record_call(work, case_id, _agent(), record)


@desk.post("/<case_id>/next-call")
@desk.arguments(schemas.ScheduleIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def schedule(body: dict[str, datetime], case_id: str) -> dict[str, object]:
    """Plan the next call for when the office asked for it."""
    with transaction() as work:
        service.schedule_call(work, case_id, _agent(), body["at"])
    return show_now(case_id)


@desk.post("/<case_id>/reveal")
@desk.arguments(schemas.RevealIn)
@desk.response(200, schemas.RevealOut)
@requires("vetting.manage")
def reveal(body: dict[str, str], case_id: str) -> dict[str, str]:
    """Show one contact of the applicant in full; who read it is written down."""
    with transaction() as work:
        return {"value": service.reveal(work, case_id, _agent(), Fact(body["field"]))}


@desk.post("/<case_id>/seat")
@desk.arguments(schemas.SeatIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def seat(body: dict[str, object], case_id: str) -> dict[str, object]:
    """Seat the applicant as first access manager."""
    asked = seat_of(body)
    acts.only_offered(context(), case_id, asked)
    with transaction() as work:
        service.seat(work, context().part(TinVault), case_id, _agent(), asked)
    return show_now(case_id)


@desk.post("/<case_id>/another")
@desk.arguments(schemas.AnotherIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def name_another(body: dict[str, Any], case_id: str) -> dict[str, object]:
    """Seat the person the office named instead of the applicant."""
    asked = seat_of(body)
    acts.only_offered(context(), case_id, asked)
    acts.name_another(context(), transaction, case_id, _agent(), asked, acts.person_of(body["person"]))
    return show_now(case_id)


@desk.post("/<case_id>/refuse")
@desk.arguments(schemas.RefusalIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def refuse(body: dict[str, object], case_id: str) -> dict[str, object]:
    """Refuse the application with a reason."""
    with transaction() as work:
        service.refuse(work, case_id, _agent(), str(body["reason"]).strip())
    return show_now(case_id)


@desk.post("/<case_id>/answered")
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def close_answered(case_id: str) -> dict[str, object]:
    """Close the case of a manager who stopped signing in, because they answered a call and stay."""
    with transaction() as work:
        dormant.close_answered(work, case_id, _agent())
    return show_now(case_id)


@desk.post("/<case_id>/proposal")
@desk.arguments(schemas.ProposalIn)
@desk.response(201, schemas.ProposalOut)
@requires("vetting.manage")
def propose(body: dict[str, Any], case_id: str) -> Proposal:
    """Propose a seat that takes two agents."""
    asked = seat_of(body)
    acts.only_offered(context(), case_id, asked)
    person = acts.person_of(body["person"]) if body["person"] else None
    with transaction() as work:
        return service.propose(work, case_id, _agent(), asked, str(body["reason"]).strip(), person)


@desk.post("/<case_id>/proposal/confirm")
@desk.arguments(schemas.WhichProposalIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def confirm(body: dict[str, str], case_id: str) -> dict[str, object]:
    """Seat as a colleague proposed. A second pair of eyes is a person's: no program may."""
    if not is_person():
        raise forbidden("person-needed", "A person must look at a proposal: use a token that was given to one.")
    acts.confirm(context(), transaction, case_id, _agent(), body["proposal_id"])
    return show_now(case_id)


@desk.post("/<case_id>/proposal/reject")
@desk.arguments(schemas.RejectionIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def reject(body: dict[str, str], case_id: str) -> dict[str, object]:
    """Turn down what a colleague proposed."""
    with transaction() as work:
        service.reject_proposal(work, case_id, body["proposal_id"], _agent(), body["note"].strip())
    return show_now(case_id)


@desk.post("/<case_id>/proposal/withdraw")
@desk.arguments(schemas.WhichProposalIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def withdraw(body: dict[str, str], case_id: str) -> dict[str, object]:
    """Take one's own proposal back."""
    with transaction() as work:
        service.withdraw_proposal(work, case_id, body["proposal_id"], _agent())
    return show_now(case_id)


def show_now(case_id: str) -> dict[str, object]:
    """The case as it stands, also after an act."""
    with reading() as session:
        found = service.read_file(session, case_id)
    return shown(found, context().clock.now(), context().part(TinVault))


def _queue(asked: dict[str, Any]) -> Queue:
    mine = caller().subject if asked["mine"] else None
    ground = Ground(asked["ground"]) if asked["ground"] else None
    plain = {name: asked[name] for name in ("overdue", "call_due", "alerts", "second", "size", "page")}
    with reading() as session:
        return service.queue(session, QueueFilter(context().clock.now(), ground, agent_id=mine, **plain))


def _agent() -> Agent:
    return Agent(caller().subject, cast("str", caller().claims.get("name")) or caller().subject)
