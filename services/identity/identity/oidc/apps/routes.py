"""The API door for the suite's own pages: an app says that its person is at work, and learns how long that lasts.

Portals outside the suite use their refresh token for that; pages hold none.
"""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from identity.oidc.apps.service import is_disconnected
from identity.sessions import service as sessions
from identity.sessions.routes import shown
from identity.sessions.schemas import LeftOut
from shared.auth import caller, insist_program, requires
from shared.errors import Problem
from shared.web.door import context, reading, transaction

blueprint = Blueprint("apps-in-use", __name__, url_prefix="/api/identity/v1/sessions", description="Sign-ins in use")


@blueprint.get("/<session_id>")
@requires("sessions.use")
@blueprint.response(200, LeftOut)
def show_session(session_id: str) -> dict[str, Any]:
    """Show how long a session still lasts; asking is not use. 410 where it is over for this app."""
    insist_program()
    with reading() as session:
        return _living(session, session_id)


@blueprint.post("/<session_id>/use")
@requires("sessions.use")
@blueprint.response(200, LeftOut)
def use_session(session_id: str) -> dict[str, Any]:
    """Note that the person is at work in an app of the suite. 410 where the session is over for it."""
    insist_program()
    with transaction() as work:
        _living(work.session, session_id)
        sessions.touch(work, session_id)
        return _living(work.session, session_id)


def _living(session: Session, session_id: str) -> dict[str, Any]:
    found = sessions.by_id(session, session_id, context().clock.now())
    if found is None or not found.entered or is_disconnected(session, found, caller().client_id):
        raise Problem(410, "session-over", "The session is over.", "Let the person sign in again.")
    return shown(found)
