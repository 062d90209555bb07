"""The API door for mail servers and text gateways: what did not arrive, so that nobody waits for it (C7)."""

from typing import Any

from flask_smorest import Blueprint

from identity.codes.schemas import BounceIn
from shared import notices
from shared.auth import insist_program, requires
from shared.errors import not_found
from shared.web.door import transaction

blueprint = Blueprint("bounces", __name__, url_prefix="/api/identity/v1/bounces", description="Undelivered messages")


@blueprint.post("")
@requires("notices.report")
@blueprint.arguments(BounceIn)
@blueprint.response(204)
def report(body: dict[str, Any]) -> None:
    """Report a message that came back; the page where its reader waits says so from now on."""
    insist_program()
    notice_id = notices.named_by(body["message_id"])
    with transaction() as work:
        if notice_id is None or not notices.came_back(work.session, notice_id, work.now, body["reason"]):
            raise not_found()
        work.audit("notice.bounced", target=notice_id, after={"reason": body["reason"]})
