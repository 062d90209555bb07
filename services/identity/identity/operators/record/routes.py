"""The API door of the audit (scope `audit.read`): read, page, nothing else."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from identity.operators.record.reading import PAGE, Filters, entries
from shared.auth import insist_program, requires
from shared.web.api import Instant, Shape
from shared.web.door import reading

blueprint = Blueprint("operators_audit", __name__, url_prefix="/api/identity/v1", description="The audit, newest first")


class AuditIn(Shape):
    """What is asked for; `before` is the last number of the page before."""

    action = fields.String(load_default="", validate=validate.Length(max=100))
    actor = fields.String(load_default="", validate=validate.Length(max=64))
    target = fields.String(load_default="", validate=validate.Length(max=200))
    organization = fields.String(load_default="", validate=validate.Length(max=64))
    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)
    before = fields.Integer(load_default=None)


class EntryOut(Schema):
    """One act as it was written."""

    number = fields.Integer(required=True)
    id = fields.String(required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)
    actor_kind = fields.String(required=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    target = fields.String(required=True)
    organization = fields.String(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True)


class AuditOut(Schema):
    """A page of entries; `next` is the `before` of the next one, null on the last."""

    entries = fields.List(fields.Nested(EntryOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


@blueprint.get("/audit")
@requires("audit.read")
@blueprint.arguments(AuditIn, location="query")
@blueprint.response(200, AuditOut)
def show(asked: dict[str, Any]) -> dict[str, Any]:
    """List who did what to whom, the newest first."""
    insist_program()
    before = asked.pop("before")
    with reading() as session:
        found = entries(session, Filters(**asked), before)
    return {"entries": [asdict(entry) for entry in found], "next": found[-1].number if len(found) == PAGE else None}
