"""The API door: operators' programs list and end sessions."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from identity.accounts import service as accounts
from identity.sessions import service
from identity.sessions.schemas import EndedOut, SessionsOut
from identity.sessions.service import SessionView
from shared.auth import insist_program, requires
from shared.errors import not_found
from shared.web.door import context, reading, transaction

blueprint = Blueprint("sessions", __name__, url_prefix="/api/identity/v1", description="Sign-ins in browsers")
_BY_AN_ADMINISTRATOR = "ended_by_administrator"


@blueprint.get("/accounts/<account_id>/sessions")
@requires("sessions.manage")
@blueprint.response(200, SessionsOut)
def list_sessions(account_id: str) -> dict[str, Any]:
    """List the living sessions of an account."""
    insist_program()
    with reading() as session:
        if accounts.get(session, account_id) is None:
            raise not_found()
        return {"sessions": [shown(one) for one in service.listing(session, account_id, context().clock.now())]}


@blueprint.delete("/accounts/<account_id>/sessions/<session_id>")
@requires("sessions.manage")
@blueprint.response(204)
def end_session(account_id: str, session_id: str) -> Response:
    """End one session of the account, in every app; 404 where the account has no such session."""
    insist_program()
    with transaction() as work:
        mine = {one.id for one in service.listing(work.session, account_id, work.now)}
        if session_id not in mine or not service.end(work, session_id, _BY_AN_ADMINISTRATOR):
            raise not_found()
    return Response(status=204)


@blueprint.delete("/accounts/<account_id>/sessions")
@requires("sessions.manage")
@blueprint.response(200, EndedOut)
def end_sessions(account_id: str) -> dict[str, int]:
    """End every session of the account, in every app (ASVS 7.4.5)."""
    insist_program()
    with transaction() as work:
        if accounts.get(work.session, account_id) is None:
            raise not_found()
        return {"ended": service.end_all(work, account_id, _BY_AN_ADMINISTRATOR)}


def shown(found: SessionView) -> dict[str, Any]:
    """Return a session as the API shows it."""
    return {**asdict(found), "session_id": found.id, "idle_seconds": int(found.idle.total_seconds())}
