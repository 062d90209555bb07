"""The API door of the history."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from access_manager.history.acts import KINDS
from access_manager.history.service import Asked, Entry, of_organization
from access_manager.memberships.authority import insist_manager, lines_of
from access_manager.organizations import service as organizations
from shared.auth import requires
from shared.web.api import Instant
from shared.web.door import actor, context, reading

blueprint = Blueprint("history", __name__, url_prefix="/api/access/v1", description="What happened, newest first.")


class EntryOut(Schema):
    """One act; `on_behalf_of` is the manager whose deputy acted."""

    number = fields.Integer(required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)
    actor_name = fields.String(required=True)
    actor_kind = fields.String(required=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    by_desk = fields.Boolean(required=True)
    action = fields.String(required=True)
    target = fields.String(required=True)
    target_name = fields.String(required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)
    reason = fields.String(required=True, allow_none=True)


class HistoryOut(Schema):
    """The newest acts; `before` of the next question is the last number here."""

    entries = fields.List(fields.Nested(EntryOut), required=True)


class HistoryIn(Schema):
    """Where to go on, and what of it is wanted: a part of a name, one account, a kind of act, a span of time."""

    before = fields.Integer(load_default=None, strict=False)
    person = fields.String(load_default="", validate=validate.Length(max=100))
    target = fields.String(load_default="", validate=validate.Length(max=64))
    kind = fields.String(load_default="", validate=validate.OneOf(tuple(KINDS)))
    since = Instant(load_default=None)
    until = Instant(load_default=None)


@blueprint.route("/organizations/<organization_id>/history")
@requires("access.manage")
@blueprint.arguments(HistoryIn, location="query")
@blueprint.response(200, HistoryOut)
def history(wanted: dict[str, Any], organization_id: str) -> dict[str, list[Entry]]:
    """List who did what to whom in the organization."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        reach = lines_of(session, actor(), organization_id, context().clock.now())
        return {"entries": of_organization(session, organization_id, Asked(**wanted, reach=reach))}
