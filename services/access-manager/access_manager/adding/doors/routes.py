"""The API door of lists: look with `dry_run`, carry out, see again, undo."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from access_manager.adding import results, service, undoing
from access_manager.adding.models import Batch
from access_manager.adding.reading import ROWS_MOST, Entry, Fault
from access_manager.adding.results import Act, Row
from access_manager.adding.service import ADD, REMOVE, Order
from access_manager.invitations.states import address_of
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.organizations import service as organizations
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import LINES
from access_manager.rules.removal import REMOVAL_REASONS
from shared.auth import requires
from shared.i18n import say
from shared.web.api import Instant, Shape
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("batches", __name__, url_prefix="/api/access/v1", description="Many people at once.")
_ALL = "/organizations/<organization_id>/batches"
_ONE = f"{_ALL}/<batch_id>"


class RowIn(Shape):
    """One person. What is wrong with a row is told as its result, so that one bad row spoils no list."""

    name = fields.String(load_default="", validate=validate.Length(max=200))
    email = fields.String(required=True, validate=validate.Length(max=254))
    functions = fields.List(fields.String(validate=validate.Length(1, 100)), load_default=list)
    last_day = fields.Date(load_default=None, allow_none=True)
    lines = fields.List(fields.String(validate=validate.OneOf(tuple(LINES))), load_default=list)


class BatchIn(Shape):
    """A list. `functions` and `ends_at` count for rows that name none; a removal may have a reason."""

    kind = fields.String(required=True, validate=validate.OneOf((ADD, REMOVE)))
    rows = fields.List(fields.Nested(RowIn), required=True, validate=validate.Length(1, ROWS_MOST))
    functions = fields.List(fields.String(validate=validate.Length(1, 100)), load_default=list)
    ends_at = Instant(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(REMOVAL_REASONS)))
    dry_run = fields.Boolean(load_default=False)


class FaultOut(Schema):
    """What is wrong, or what undoing came to: a stable name and a sentence."""

    slug = fields.String(required=True)
    sentence = fields.String(required=True)


class RowOut(Schema):
    """A row with what it does or did; `gets`: the functions that come, or that go with a removal."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    act = fields.String(required=True, validate=validate.OneOf([each.value for each in Act]))
    functions = fields.List(fields.String(), required=True)
    gets = fields.List(fields.String(), required=True)
    fault = fields.Nested(FaultOut, required=True, allow_none=True)
    invitation_id = fields.String(required=True, allow_none=True)
    membership_id = fields.String(required=True, allow_none=True)
    undone = fields.Nested(FaultOut, required=True, allow_none=True)


class BatchOut(Schema):
    """A list with its results; no id where nothing was changed."""

    batch_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    made_at = Instant(required=True, allow_none=True)
    undone_at = Instant(required=True, allow_none=True)
    rows = fields.List(fields.Nested(RowOut), required=True)


@blueprint.route(_ALL, methods=["POST"])
@manager_call
@blueprint.arguments(BatchIn)
@blueprint.response(200, BatchOut)
def carry_out(wanted: dict[str, Any], organization_id: str) -> dict[str, object]:
    """Invite or remove everybody of a list in one transaction; `dry_run` tells what would happen, and does nothing."""
    order = _order(wanted)
    if wanted["dry_run"]:
        return _shown(order.kind, _looked(organization_id, order), None, dry_run=True)
    with transaction() as work:
        carried = service.carry_out(work, organization_id, order)
    return _shown(order.kind, carried.rows, carried.batch)


@blueprint.route(_ONE)
@requires("access.manage")
@blueprint.response(200, BatchOut)
def batch(organization_id: str, batch_id: str) -> dict[str, object]:
    """Show a list that was carried out."""
    with reading() as session:
        insist_manager(session, actor(), organization_id, Scope.PEOPLE, context().clock.now())
        found = service.find(session, organization_id, batch_id)
    return _shown(found.kind, [results.read(each) for each in found.rows], found)


@blueprint.route(f"{_ONE}/undo", methods=["POST"])
@manager_call
@blueprint.response(200, BatchOut)
def undo(organization_id: str, batch_id: str) -> dict[str, object]:
    """Undo within 24 hours what nobody touched since; each row says what came of it."""
    with transaction() as work:
        found = undoing.undo(work, organization_id, batch_id)
    return _shown(found.kind, [results.read(each) for each in found.rows], found)


def _looked(organization_id: str, order: Order) -> list[Row]:
    now = context().clock.now()
    with reading() as session:
        insist_manager(session, actor(), organization_id, Scope.PEOPLE, now)
        return service.check(session, organizations.find(session, organization_id), order, actor(), now)


def _order(wanted: dict[str, Any]) -> Order:
    entries = [_entry(number, **row) for number, row in enumerate(wanted["rows"], 1)]
    return Order(wanted["kind"], entries, wanted["functions"], wanted["ends_at"], wanted["reason"])


def _entry(
    number: int, name: str, email: str, functions: Sequence[str], last_day: date | None, lines: Sequence[str]
) -> Entry:
    address = address_of(email)
    faults = () if address else (Fault("email", say("This is not an e-mail address.")),)
    if not name.isprintable():
        faults = (*faults, Fault("name", say("Write the name in one line of at most 200 characters")))
    return Entry(number, " ".join(name.split()), address or email, functions, last_day, lines, faults)


def _shown(kind: str, rows: Sequence[Row], found: Batch | None, *, dry_run: bool = False) -> dict[str, object]:
    made_at: datetime | None = found.made_at if found else None
    return {
        "batch_id": found.id if found else None,
        "kind": kind,
        "dry_run": dry_run,
        "counts": results.count(rows),
        "made_at": made_at,
        "undone_at": found.undone_at if found else None,
        "rows": [shown(each) for each in rows],
    }


def shown(row: Row) -> dict[str, object]:
    """Return a row as programs see it."""
    names = ("number", "name", "email", "functions", "gets", "invitation_id", "membership_id")
    told = {name: getattr(row, name) for name in names}
    fault = {"slug": row.fault["slug"], "sentence": row.sentence} if row.fault else None
    undone = {"slug": row.undone["slug"], "sentence": row.undone_sentence} if row.undone else None
    return {**told, "act": row.act.value, "fault": fault, "undone": undone}
