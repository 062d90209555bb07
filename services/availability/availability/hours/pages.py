"""`/hours`: what is open now, what is planned, and the operator's acts; staff with two factors only."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from availability.calendars.models import read_versions
from availability.gate.board import Board
from availability.hours.forms import (
    FIELD_OF,
    LATER,
    NOW,
    ONCE,
    ZONE,
    CancelForm,
    ExtensionForm,
    MaintenanceForm,
    ReasonForm,
    end_of,
    wish_of,
)
from availability.hours.frame import faults, frame
from availability.maintenance import service
from availability.maintenance.models import Maintenance, find, later_in_series, listed
from availability.maintenance.states import Allowed, State
from availability.operators import operators
from availability.status.tasks import task
from shared.errors import Problem, not_found
from shared.service import Work
from shared.web.door import context, reading, transaction
from shared.web.forms import read_form
from shared.web.shell import page
from shared.web.shell.language import gettext as _

blueprint = Blueprint("hours", __name__)
Act = Callable[[Work, str, str], Maintenance]
ACTS: dict[str, tuple[Act, State]] = {
    "start": (service.start, State.SCHEDULED),
    "end": (service.end, State.IN_EFFECT),
    "cancel": (service.cancel, State.SCHEDULED),
}
PAST, MOST = 10, 500
AS_TYPED = "%Y-%m-%dT%H:%M"


@blueprint.get("/hours", strict_slashes=False)
@operators()
def overview() -> ResponseReturnValue:
    """What is open now, what is planned, what was."""
    now, timetable = context().clock.now(), context().part(Board).read().timetable
    with reading() as session:
        versions = read_versions(session)
        current = listed(session, (State.SCHEDULED, State.IN_EFFECT), MOST)[::-1]
        past = listed(session, (State.ENDED, State.CANCELLED), PAST)
    return page(
        "availability/hours.html",
        now=now,
        verdicts=[(one, timetable.at(one.id, now)) for one in timetable.schedule.calendars.values()],
        current=current,
        past=past,
        done=request.args.get("done", ""),
        versions=versions,
        **frame(),
    )


@blueprint.get("/hours/maintenance/new")
@operators()
def new() -> ResponseReturnValue:
    """The form for a maintenance."""
    return _form({"when": request.args.get("when", NOW), "every": ONCE, "allowed": list(Allowed)}, {})


@blueprint.post("/hours/maintenance/new")
@operators(acting=True)
def plan() -> ResponseReturnValue:
    """Plan it, or start it now."""
    values, errors = read_form(MaintenanceForm)
    if errors:
        return _form(values, errors)
    try:
        with transaction() as work:
            row = service.plan(work, wish_of(values))
    except Problem as refused:
        return _form(_typed(values), faults(refused, FIELD_OF))
    return redirect(f"/hours?done={row.state}", 303)


@blueprint.get("/hours/maintenance/<maintenance_id>/extend")
@operators()
def ask_extend(maintenance_id: str) -> ResponseReturnValue:
    """Another end: which?"""
    row = _found(maintenance_id)
    ends = row.ends_at.astimezone(ZONE).strftime(AS_TYPED) if row.ends_at else ""
    return _extension(row, {"ends": ends}, {})


@blueprint.post("/hours/maintenance/<maintenance_id>/extend")
@operators(acting=True)
def extend(maintenance_id: str) -> ResponseReturnValue:
    """Move the end."""
    values, errors = read_form(ExtensionForm)
    if errors:
        return _extension(_found(maintenance_id), values, errors)
    try:
        with transaction() as work:
            urgent = values["emergency"]
            service.extend(work, maintenance_id, end_of(values), values["reason"], emergency=urgent)
    except Problem as refused:
        return _extension(_found(maintenance_id), _typed(values), faults(refused, FIELD_OF))
    return redirect("/hours?done=extended", 303)


@blueprint.get("/hours/maintenance/<maintenance_id>/<act>")
@operators()
def asked(maintenance_id: str, act: str) -> ResponseReturnValue:
    """The second look before an act."""
    return _asked(maintenance_id, act, {})


@blueprint.post("/hours/maintenance/<maintenance_id>/cancel")
@operators(acting=True)
def cancel(maintenance_id: str) -> ResponseReturnValue:
    """Cancel it, or it and the later ones of its series."""
    values, errors = read_form(CancelForm)

    def act(work: Work, id: str, reason: str) -> Maintenance:
        return service.cancel(work, id, reason, rest=values["rest"])

    return _done(maintenance_id, "cancel", values, errors, act)


@blueprint.post("/hours/maintenance/<maintenance_id>/<act>")
@operators(acting=True)
def do(maintenance_id: str, act: str) -> ResponseReturnValue:
    """Start or end it."""
    if act not in ACTS:
        abort(404)
    values, errors = read_form(ReasonForm)
    return _done(maintenance_id, act, values, errors, ACTS[act][0])


def _done(
    maintenance_id: str, act: str, values: dict[str, Any], errors: dict[str, str], use_case: Act
) -> ResponseReturnValue:
    if errors:
        return _asked(maintenance_id, act, errors, values)
    try:
        with transaction() as work:
            row = use_case(work, maintenance_id, values["reason"])
    except Problem as refused:
        if refused.status not in (409, 422):
            raise
        return _asked(maintenance_id, act, faults(refused, FIELD_OF), values)
    return redirect(f"/hours?done={row.state}", 303)


def _form(values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    return page(
        "availability/maintenance_form.html",
        status=422 if errors else 200,
        values=values,
        errors=errors,
        choices=[(NOW, _("Now")), (LATER, _("At a later time"))],
        every=_often(),
        functions=sorted(context().part(Board).read().timetable.schedule.functions, key=task),
        **frame(),
    )


def _often() -> list[tuple[str, str]]:
    return [
        (ONCE, _("Once")),
        ("1", _("Every day")),
        ("7", _("Every week")),
        ("14", _("Every two weeks")),
        ("28", _("Every four weeks")),
    ]


def _asked(
    maintenance_id: str, act: str, errors: dict[str, str], values: dict[str, Any] | None = None
) -> ResponseReturnValue:
    if act not in ACTS:
        abort(404)
    row = _found(maintenance_id)
    return page(
        "availability/maintenance_act.html",
        status=422 if errors else 200,
        act=act,
        row=row,
        possible=row.state == ACTS[act][1],
        later=_later(row) if act == "cancel" else 0,
        values=values or {},
        errors=errors,
        **frame(),
    )


def _later(row: Maintenance) -> int:
    """How many occurrences of its series come after it."""
    if row.series is None:
        return 0
    with reading() as session:
        return sum(one.id != row.id for one in later_in_series(session, row))


def _extension(row: Maintenance, values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    status, possible = 422 if errors else 200, row.state in (State.SCHEDULED, State.IN_EFFECT)
    shown = {"row": row, "possible": possible, "values": values, "errors": errors}
    return page("availability/maintenance_extend.html", status, **shown, **frame())


def _found(maintenance_id: str) -> Maintenance:
    with reading() as session:
        row = find(session, maintenance_id)
    if row is None:
        raise not_found()
    return row


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Values back into what a form shows."""
    return {name: _as_typed(value) for name, value in values.items()}


def _as_typed(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime(AS_TYPED)
    return "\n".join(sorted(value)) if isinstance(value, frozenset) else value
