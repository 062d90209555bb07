"""The API door of one's own access: what the page at `/manage/mine` says, for a portal that shows it itself."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from access_manager.mine import service
from access_manager.mine.service import Groups, Own
from shared.auth import requires
from shared.errors import forbidden
from shared.web.api import Instant
from shared.web.door import actor, context, reading

blueprint = Blueprint("own_access", __name__, url_prefix="/api/access/v1", description="One's own access.")


class ManagerOut(Schema):
    """Somebody who controls the access, and how to reach them."""

    display_name = fields.String(required=True)
    email = fields.String(required=True)


class OwnAccessOut(Schema):
    """What one may do in one organization, what one lacks there, and who controls it.

    `function_ends`: those of `functions` that end before `ends_at`, with their instants; while a review of everybody's
    access is open, `review_until` is when what nobody confirms ends.
    """

    organization_id = fields.String(required=True)
    organization_name = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    lacking = fields.List(fields.String(), required=True)
    ends_at = Instant(required=True, allow_none=True)
    function_ends = fields.Dict(keys=fields.String(), values=Instant(), required=True)
    review_until = Instant(required=True, allow_none=True)
    managers = fields.List(fields.Nested(ManagerOut), required=True)


class OwnAccessesOut(Schema):
    """One entry for each organization in which the person has access; none for who still waits."""

    access = fields.List(fields.Nested(OwnAccessOut), required=True)


@blueprint.route("/me/access")
@requires("access.read")
@blueprint.response(200, OwnAccessesOut)
def own() -> dict[str, list[dict[str, Any]]]:
    """Say what one may do, and who controls it; names are told to members only."""
    who = actor()
    if who.kind != "person":
        raise forbidden("people-only", "A program holds no functions of its own.")
    with reading() as session:
        return {"access": [_shown(each) for each in service.own(session, who.id, context().clock.now())]}


def _shown(one: Own) -> dict[str, Any]:
    return {
        "organization_id": one.organization.id,
        "organization_name": one.organization.name,
        "functions": _ids(one.held),
        "lacking": _ids(one.lacking),
        "ends_at": one.membership.ends_at,
        "function_ends": one.ends,
        "review_until": one.review_until,
        "managers": one.managers,
    }


def _ids(groups: Groups) -> list[str]:
    return [each.id for _category, functions in groups for each in functions]
