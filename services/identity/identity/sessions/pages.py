"""The page door of signing out at identity itself; apps sign out through the end-session endpoint of oidc."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.sessions import cookie, door, service
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, transaction
from shared.web.shell.render import page

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/logout")
@open_page("looking ends nothing; somebody signed out is told so")
def show() -> ResponseReturnValue:
    """Ask before ending the session: a link from elsewhere must not sign people out (threat 18)."""
    return page("login/logout.html" if door.present() else "login/signed_out.html")


@blueprint.post("/logout")
@open_page("ending a session that is already over is no error")
def end() -> ResponseReturnValue:
    """End the session here and, by its event, in every app."""
    present = door.present()
    if present is not None:
        with transaction(Actor(present.account_id, "person")) as work:
            service.end(work, present.id, "signed_out")
    answer = redirect("/logout", 303)
    cookie.remove(answer, secure=context().settings.secure)
    # Not "cookies": browsers clear those of the whole registrable domain, and so would sign people out of the
    # operator's unrelated sites. What pages left behind goes.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
