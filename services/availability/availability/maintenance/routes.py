"""The maintenance API: plan, start, end, cancel, extend."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_smorest import Blueprint

from availability.maintenance import service
from availability.maintenance.models import REACH, Maintenance, find, listed
from availability.maintenance.schemas import (
    ActShape,
    CancelShape,
    ExtensionShape,
    MaintenanceList,
    MaintenanceShape,
    WishShape,
)
from availability.maintenance.states import Repeat, Wish
from availability.operators import acts_with_scope
from shared.auth import requires
from shared.errors import not_found
from shared.service import Work
from shared.web.door import reading, transaction

blueprint = Blueprint("maintenance", __name__, url_prefix="/api/availability/v1")
Act = Callable[[Work, str, str], Maintenance]


@blueprint.get("/maintenance")
@requires("hours.read")
@blueprint.response(200, MaintenanceList)
def overview() -> dict[str, Any]:
    """The newest 100, of every state."""
    with reading() as session:
        return {"maintenance": [service.state_of(row) for row in listed(session)]}


@blueprint.get("/maintenance/<maintenance_id>")
@requires("hours.read")
@blueprint.response(200, MaintenanceShape)
def one(maintenance_id: str) -> dict[str, Any]:
    """One maintenance as it stands."""
    with reading() as session:
        row = find(session, maintenance_id)
    if row is None:
        raise not_found("There is no such maintenance.")
    return service.state_of(row)


@blueprint.post("/maintenance")
@acts_with_scope("hours.manage")
@blueprint.arguments(WishShape)
@blueprint.response(201, MaintenanceShape)
def plan(wish: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a maintenance, or start it now where `starts_at` is left out; of one that repeats, the first is answered."""
    with transaction() as work:
        row = service.plan(work, _wish(wish))
        told = service.state_of(row)
    return told, 201, {"Location": url_for("maintenance.one", maintenance_id=row.id)}


@blueprint.post("/maintenance/<maintenance_id>/start")
@acts_with_scope("hours.manage")
@blueprint.arguments(ActShape)
@blueprint.response(200, MaintenanceShape)
def start(act: dict[str, str], maintenance_id: str) -> dict[str, Any]:
    """Start a scheduled maintenance before its hour."""
    return _do(service.start, maintenance_id, act)


@blueprint.post("/maintenance/<maintenance_id>/end")
@acts_with_scope("hours.manage")
@blueprint.arguments(ActShape)
@blueprint.response(200, MaintenanceShape)
def end(act: dict[str, str], maintenance_id: str) -> dict[str, Any]:
    """End a maintenance that is in effect."""
    return _do(service.end, maintenance_id, act)


@blueprint.post("/maintenance/<maintenance_id>/cancel")
@acts_with_scope("hours.manage")
@blueprint.arguments(CancelShape)
@blueprint.response(200, MaintenanceShape)
def cancel(act: dict[str, Any], maintenance_id: str) -> dict[str, Any]:
    """Cancel a maintenance that has not begun; with `rest` the later ones of its series, too."""
    with transaction() as work:
        return service.state_of(service.cancel(work, maintenance_id, act["reason"], rest=act["rest"]))


@blueprint.post("/maintenance/<maintenance_id>/extend")
@acts_with_scope("hours.manage")
@blueprint.arguments(ExtensionShape)
@blueprint.response(200, MaintenanceShape)
def extend(wish: dict[str, Any], maintenance_id: str) -> dict[str, Any]:
    """Give it another end, later or earlier; beyond the allowance only as an emergency."""
    with transaction() as work:
        row = service.extend(work, maintenance_id, wish["ends_at"], wish["reason"], emergency=wish["emergency"])
        return service.state_of(row)


def _do(act: Act, maintenance_id: str, said: dict[str, str]) -> dict[str, Any]:
    with transaction() as work:
        return service.state_of(act(work, maintenance_id, said["reason"]))


def _wish(wish: dict[str, Any]) -> Wish:
    return Wish(
        calendars=frozenset(wish["calendars"]),
        reason=wish["reason"],
        starts_at=wish.get("starts_at"),
        ends_at=wish.get("ends_at"),
        emergency=wish["emergency"],
        message=tuple(wish["message"].items()),
        repeat=Repeat(**wish["repeat"]) if wish["repeat"] else None,
        **{name: frozenset(wish[name]) for name in REACH},
    )
