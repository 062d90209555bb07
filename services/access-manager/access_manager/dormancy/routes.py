"""The API door of dormancy: the same list and the same act as the page."""

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from access_manager.dormancy import service
from access_manager.dormancy.service import Sleeper
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.models import Membership
from shared.auth import requires
from shared.web.api import Instant
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("dormancy", __name__, url_prefix="/api/access/v1", description="People who do not sign in.")


class SleeperOut(Schema):
    """One person: last sign-in, when they were warned, and when they are or were suspended."""

    membership_id = fields.String(required=True)
    account_id = fields.String(required=True)
    status = fields.String(required=True)
    last_seen_at = Instant(required=True, allow_none=True)
    warned_at = Instant(required=True, allow_none=True)
    suspend_at = Instant(required=True, allow_none=True)
    suspended_at = Instant(required=True, allow_none=True)


class SleepersOut(Schema):
    """Everybody who was warned or is suspended."""

    people = fields.List(fields.Nested(SleeperOut), required=True)


class ResumedOut(Schema):
    """The membership that is active again."""

    membership_id = fields.String(required=True, attribute="id")
    status = fields.String(required=True)
    version = fields.Integer(required=True)


@blueprint.route("/organizations/<organization_id>/dormant")
@requires("access.manage")
@blueprint.response(200, SleepersOut)
def dormant(organization_id: str) -> dict[str, object]:
    """List who was warned or is suspended."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        found = service.sleepers(session, actor(), organization_id, context().clock.now())
        return {"people": [_shown(each) for each in found]}


@blueprint.route("/organizations/<organization_id>/members/<membership_id>/resumption", methods=["POST"])
@manager_call
@blueprint.response(200, ResumedOut)
def lift(organization_id: str, membership_id: str) -> Membership:
    """Let a suspended person work again, with what they held."""
    with transaction() as work:
        return service.lift(work, organization_id, membership_id)


def _shown(found: Sleeper) -> dict[str, object]:
    return {
        "membership_id": found.member.id,
        "account_id": found.member.account_id,
        "status": found.member.status,
        "last_seen_at": found.person.last_seen_at if found.person else None,
        "warned_at": found.mark.warned_at if found.mark else None,
        "suspend_at": found.mark.suspend_at if found.mark else None,
        "suspended_at": found.mark.suspended_at if found.mark else None,
    }
