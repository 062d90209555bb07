"""The page doors of a session itself: how long it still lasts, and its end.

Apps sign people out through the end-session endpoint of oidc.
"""

from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from identity.sessions import door, lives, service
from identity.sessions.service import SessionView
from shared.auth import open_page
from shared.service import Actor
from shared.web.addresses import on_this_origin
from shared.web.door import context, transaction
from shared.web.shell.render import page

blueprint = Blueprint("session_pages", __name__)
# Templates ask by calling it: the sign-in page does, no other page pays for it.
blueprint.app_context_processor(lambda: {"timed_out": door.timed_out})


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
    door.clear(answer)
    return answer


@blueprint.get("/logout/idle")
@open_page("whoever was signed out by time comes here from any app; it names nobody and ends nothing")
def show_idle() -> ResponseReturnValue:
    """Say why the page before is gone, and lead back to it: through sign-in, never to another origin (threat 25)."""
    minutes, back = request.args.get("minutes", ""), request.args.get("back", "")
    shown = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else None
    return page("login/idle.html", minutes=shown, back_url=back if on_this_origin(back) else "/")


@blueprint.get("/account/session")
@open_page("a script asks how long the session lasts; without one the answer is: not at all")
def left() -> ResponseReturnValue:
    """Say how many seconds are left; asking is not use."""
    return _left(door.looked_up())


@blueprint.post("/account/session")
@open_page("a script says that somebody is still there; without a session nothing happens")
def keep() -> ResponseReturnValue:
    """Note that somebody is still there."""
    found = door.looked_up()
    if found is not None:
        with transaction(Actor(found.account_id, "person")) as work:
            service.touch(work, found.id)
    return _left(door.looked_up())


def _left(found: SessionView | None) -> ResponseReturnValue:
    now = context().clock.now()
    seconds = lives.seconds_left(found.idles_at, found.ends_at, now) if found and found.entered else 0
    return jsonify(seconds=seconds)
