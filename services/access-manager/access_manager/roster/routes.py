"""The API door of the list of members: the filters of the page, with the same names, read by the same statement."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import insist_manager, lines_of
from access_manager.memberships.doors.routes import shown
from access_manager.memberships.doors.schemas import MembersOut
from access_manager.organizations import service as organizations
from access_manager.roster import members as roster
from access_manager.roster.members import ONLY, ROLES, SIZES, STATES, Wanted
from access_manager.rules.deputies import Scope
from shared.auth import requires
from shared.web.door import actor, context, reading

blueprint = Blueprint("roster_api", __name__, url_prefix="/api/access/v1", description="Who has access.")


class MembersIn(Schema):
    """What of the list is wanted; without `status` everybody who was not removed, without `size` all who fit.

    `text` is a part of a name or an e-mail address. `only`: `unused` for who has not signed in for 90 days, `ending`
    for whose access ends within 30. `page` counts from 1.
    """

    text = fields.String(load_default="", validate=validate.Length(max=100))
    status = fields.String(load_default="", validate=validate.OneOf(tuple(STATES)))
    role = fields.String(load_default="", validate=validate.OneOf(tuple(ROLES)))
    function = fields.String(load_default="", validate=validate.OneOf(tuple(BY_ID)))
    marks = fields.List(fields.String(validate=validate.OneOf(tuple(ONLY))), load_default=list, data_key="only")
    size = fields.Integer(load_default=None, validate=validate.OneOf(SIZES))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=99_999))


@blueprint.route("/organizations/<organization_id>/members")
@requires("access.manage")
@blueprint.arguments(MembersIn, location="query")
@blueprint.response(200, MembersOut)
def members(asked: dict[str, Any], organization_id: str) -> dict[str, object]:
    """List who has access, the longest-standing first; of everybody those who fit."""
    size, only = asked.pop("size"), frozenset(asked.pop("marks"))
    with reading() as session:
        now, who = context().clock.now(), actor()
        insist_manager(session, who, organization_id, Scope.PEOPLE, now)
        organizations.find(session, organization_id)
        reach = tuple(lines_of(session, who, organization_id, now))
        wanted = Wanted(**asked, only=only, size=size or roster.ALL, reach=reach)
        found = roster.look(session, organization_id, wanted, now, by_name=False)
        return {"members": [shown(member, person) for member, person in found.rows], "total": found.total}
