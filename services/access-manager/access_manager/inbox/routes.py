"""The API door of a manager's own mails."""

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from access_manager.inbox import digests
from shared.auth import requires
from shared.errors import forbidden
from shared.web.api import Shape
from shared.web.door import actor, reading, transaction

blueprint = Blueprint("mails_api", __name__, url_prefix="/api/access/v1", description="How often managers are written.")


class MailsOut(Schema):
    """`daily`: one mail a day about what waits, instead of one for each request."""

    daily = fields.Boolean(required=True)


class MailsIn(Shape):
    """The wish."""

    daily = fields.Boolean(required=True, truthy={True}, falsy={False})


@blueprint.route("/me/mails")
@requires("access.manage")
@blueprint.response(200, MailsOut)
def mails() -> dict[str, bool]:
    """Say how often one is written to."""
    with reading() as session:
        return {"daily": digests.wants(session, _person())}


@blueprint.route("/me/mails", methods=["PUT"])
@requires("access.manage")
@blueprint.arguments(MailsIn)
@blueprint.response(200, MailsOut)
def choose(wanted: dict[str, bool]) -> dict[str, bool]:
    """Be written to at once, or once a day."""
    _person()
    with transaction() as work:
        digests.choose(work, daily=wanted["daily"])
    return {"daily": wanted["daily"]}


def _person() -> str:
    who = actor()
    if who.kind != "person":
        raise forbidden("people-only", "Only a person is written to.")
    return who.id
