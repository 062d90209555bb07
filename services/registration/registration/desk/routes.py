"""The API door of the desk: the queue, a case, and its acts. Every act is audited by its use case."""

from datetime import datetime

from flask import Flask
from flask_smorest import Blueprint

from registration.applications.offer import current as current_offer
from registration.desk import schemas
from registration.desk.acts import FAULTS, call_record, seat_of
from registration.directory.vault import TinVault
from registration.vetting import cases, service
from registration.vetting.models import VettingCall
from registration.vetting.service import Agent, CaseFile, Seat
from shared.auth import caller, requires
from shared.errors import unprocessable
from shared.web.api import register
from shared.web.door import context, reading, transaction

desk = Blueprint("cases", __name__, url_prefix="/api/registration/v1/cases")


def mount(app: Flask) -> None:
    """Add the views to the app and to its OpenAPI document."""
    register(app, desk)


@desk.get("")
@desk.response(200, schemas.CasesOut)
@requires("vetting.manage")
def queue() -> dict[str, object]:
    """The open cases by due date."""
    with reading() as session:
        found = service.queue(session)
    return {"cases": [shown(each, context().clock.now(), context().part(TinVault)) for each in found]}


@desk.get("/<case_id>")
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def show(case_id: str) -> dict[str, object]:
    """Read one case."""
    with reading() as session:
        found = service.read_file(session, case_id)
    return shown(found, context().clock.now(), context().part(TinVault))


@desk.post("/<case_id>/calls")
@desk.arguments(schemas.CallIn)
@desk.response(201, schemas.CallOut)
@requires("vetting.manage")
def call(body: dict[str, object], case_id: str) -> VettingCall:
    """Record a call to the office."""
    record = call_record(body)
    fault = cases.fault_of(record.facts)
    if fault is not None:
        field, sentence = FAULTS[fault]
        raise unprocessable({field: [sentence]})
    with transaction() as work:
        return service.record_call(work, case_id, _agent(), record)


@desk.post("/<case_id>/seat")
@desk.arguments(schemas.SeatIn)
@desk.response(200, schemas.CaseOut)
@requires("vetting.manage")
def seat(body: dict[str, object], case_id: str) -> dict[str, object]:
    """Seat the applicant as first access manager."""
    asked = seat_of(body)
    _only_offered(asked, case_id)
    with transaction() as work:
        service.seat(work, context().part(TinVault), case_id, _agent(), asked)
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


def show_now(case_id: str) -> dict[str, object]:
    """The case as it stands after an act."""
    with reading() as session:
        found = service.read_file(session, case_id)
    return shown(found, context().clock.now(), context().part(TinVault))


def shown(found: CaseFile, now: datetime, vault: TinVault) -> dict[str, object]:
    """A case as the API tells it."""
    case, application = found.case, found.application
    columns = ("id", "state", "opened_at", "due_at", "decided_at", "organization_id")
    return {
        **{name: getattr(case, name) for name in columns},
        "application_id": application.id,
        "application_number": application.number,
        "account_id": application.account_id,
        "applicant": application.display_name,
        "organization_name": found.entry.name if found.entry else application.organization_name,
        "tin_last4": vault.last4(application.tin_box) if application.tin_box else None,
        "telephone": found.entry.phone if found.entry else None,
        "functions": application.functions or [],
        "overdue": case.state == cases.CaseState.OPEN and case.due_at < now,
        "calls": found.calls,
    }


def _agent() -> Agent:
    return Agent(caller().subject, caller().client_id)


def _only_offered(asked: Seat, case_id: str) -> None:
    with reading() as session:
        contracted = service.read_file(session, case_id).contracted
    allowed = {task.id for task in current_offer(context()).allowed(contracted=contracted)}
    beyond = sorted(set(asked.functions) - allowed)
    if beyond:
        raise unprocessable({"functions": [f"This organization may not hold: {', '.join(beyond)}."]})
