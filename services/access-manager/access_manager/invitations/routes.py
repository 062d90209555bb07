"""The API door of invitations: every act of the console, under the same rules."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.invitations import service
from access_manager.invitations.models import Invitation
from access_manager.invitations.service import Wanted
from access_manager.invitations.states import STANDINGS, address_of
from access_manager.memberships.authority import insist_manager, lines_of
from access_manager.memberships.doors.acting import manager_call
from access_manager.organizations import service as organizations
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import LINES
from shared.auth import requires
from shared.web.api import Instant, Shape
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("invitations", __name__, url_prefix="/api/access/v1", description="People who are invited.")
_ALL = "/organizations/<organization_id>/invitations"
_ONE = f"{_ALL}/<invitation_id>"


def _is_line(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise ValidationError("Give one line of text.")


class InvitationOut(Schema):
    """An invitation as its organization sees it; nothing of its links."""

    invitation_id = fields.String(required=True)
    display_name = fields.String(required=True)
    email = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    lines = fields.List(fields.String(), required=True)
    ends_at = Instant(required=True, allow_none=True)
    standing = fields.String(required=True, validate=validate.OneOf([each.value for each in STANDINGS]))
    invited_by = fields.String(required=True)
    invited_at = Instant(required=True)
    mailed_at = Instant(required=True)
    expires_at = Instant(required=True)
    account_id = fields.String(required=True, allow_none=True)


class InvitationsOut(Schema):
    """All of them, the newest first."""

    invitations = fields.List(fields.Nested(InvitationOut), required=True)


class AddressField(fields.String):
    """An e-mail address, composed as it is stored."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = address_of(super()._deserialize(value, attr, data, **kwargs))
        if found is None:
            raise ValidationError("This is not an e-mail address.")
        return found


class InvitationIn(Shape):
    """Whom to invite, and to what. No `lines` means every line of business of whoever invites."""

    display_name = fields.String(required=True, validate=[validate.Length(1, 200), _is_line])
    email = AddressField(required=True)
    functions = fields.List(
        fields.String(validate=validate.Length(1, 100)), required=True, validate=validate.Length(1, len(BY_ID))
    )
    ends_at = Instant(load_default=None, allow_none=True)
    lines = fields.List(fields.String(validate=validate.OneOf(tuple(LINES))), load_default=list)


@blueprint.route(_ALL)
@requires("access.manage")
@blueprint.response(200, InvitationsOut)
def listed(organization_id: str) -> dict[str, object]:
    """List the invitations of an organization."""
    now = context().clock.now()
    with reading() as session:
        insist_manager(session, actor(), organization_id, Scope.PEOPLE, now)
        organizations.find(session, organization_id)
        found = service.listed(session, organization_id, lines_of(session, actor(), organization_id, now))
        stands = service.standings(session, found, now)
    return {"invitations": [_shown(each, stands[each.id]) for each in found]}


@blueprint.route(_ALL, methods=["POST"])
@manager_call
@blueprint.arguments(InvitationIn)
@blueprint.response(201, InvitationOut)
@blueprint.alt_response(200, schema=InvitationOut, description="The address was invited already: changed as asked.")
def invite(wanted: dict[str, Any], organization_id: str) -> tuple[dict[str, object], int]:
    """Invite a person, or change the open invitation of the same address."""
    with transaction() as work:
        put = service.invite(work, organization_id, Wanted(**wanted))
    return _one(put.invitation), 201 if put.done == "invited" else 200


@blueprint.route(_ONE)
@requires("access.manage")
@blueprint.response(200, InvitationOut)
def invitation(organization_id: str, invitation_id: str) -> dict[str, object]:
    """Show one invitation."""
    now = context().clock.now()
    with reading() as session:
        insist_manager(session, actor(), organization_id, Scope.PEOPLE, now)
        found = service.seen(session, actor(), organization_id, invitation_id, now)
    return _one(found)


@blueprint.route(f"{_ONE}/letters", methods=["POST"])
@manager_call
@blueprint.response(200, InvitationOut)
def write_again(organization_id: str, invitation_id: str) -> dict[str, object]:
    """Mail the invitation again; at most once in 10 minutes, and earlier links stay good."""
    with transaction() as work:
        found = service.write_again(work, organization_id, invitation_id)
    return _one(found)


@blueprint.route(f"{_ONE}/revocation", methods=["POST"])
@manager_call
@blueprint.response(200, InvitationOut)
def revoke(organization_id: str, invitation_id: str) -> dict[str, object]:
    """Take the invitation back."""
    with transaction() as work:
        found = service.revoke(work, organization_id, invitation_id)
    return _one(found)


def _one(found: Invitation) -> dict[str, object]:
    with reading() as session:
        return _shown(found, service.standings(session, [found], context().clock.now())[found.id])


def _shown(found: Invitation, stands: str) -> dict[str, object]:
    names = ("display_name", "email", "functions", "lines", "ends_at", "invited_by", "invited_at", "mailed_at")
    shown = {name: getattr(found, name) for name in (*names, "expires_at", "account_id")}
    return {"invitation_id": found.id, "standing": str(stands), **shown}
