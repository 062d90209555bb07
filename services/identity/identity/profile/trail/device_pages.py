"""The page door of a person's sign-ins and browsers: see them, sign them out, forget them (A4, A8, ASVS 7.5.2)."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from identity.devices import door as device_door
from identity.devices import labels
from identity.devices import service as devices
from identity.devices.service import DeviceView
from identity.risk import service as risk
from identity.risk.reasons import sentences
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.errors import not_found
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("devices", __name__)
_HERE = "/account/devices"
_DONE = {
    "ended": say("It is signed out there."),
    "others": say("You are signed out everywhere else."),
    "forgotten": say("The browser is forgotten. The next sign-in from it is new to us."),
}


@dataclass(frozen=True)
class SignedIn:
    """A sign-in as the page shows it."""

    view: SessionView
    label: str
    place: str
    mine: bool
    reasons: list[str]


@dataclass(frozen=True)
class Known:
    """A browser as the page shows it; `remembered` while signing in from it asks for no second step."""

    view: DeviceView
    label: str
    place: str
    mine: bool
    remembered: bool


@blueprint.get("/account/devices")
@door.signed_in()
def show() -> ResponseReturnValue:
    """List where the person is signed in, and the browsers that are known."""
    here = door.here()
    with reading() as session:
        open_now, known = _sessions(session, here), _devices(session, here)
    done = _DONE.get(request.args.get("done", ""))
    shared = device_door.browser().shared
    return page("profile/devices.html", sessions=open_now, devices=known, shared=shared, done=done)


@blueprint.post("/account/devices/sessions/<session_id>/end")
@door.signed_in()
def end_one(session_id: str) -> ResponseReturnValue:
    """Sign one of the person's own sign-ins out, everywhere it was used."""
    here = door.here()
    with transaction() as work:
        mine = {one.id for one in sessions.listing(work.session, here.account_id, work.now)}
        if session_id not in mine or not sessions.end(work, session_id, "ended_by_owner"):
            raise not_found()
    return redirect("/logout" if session_id == here.id else f"{_HERE}?done=ended", 303)


@blueprint.get("/account/devices/sign-out")
@door.signed_in()
def ask_end_others() -> ResponseReturnValue:
    """Ask before every other sign-in ends."""
    here, now = door.here(), context().clock.now()
    with reading() as session:
        count = len(sessions.listing(session, here.account_id, now)) - 1
    return page("profile/sign_out_others.html", count=count)


@blueprint.post("/account/devices/sign-out")
@door.signed_in()
def end_others() -> ResponseReturnValue:
    """Sign every other sign-in of the person out."""
    here = door.here()
    with transaction() as work:
        sessions.end_all(work, here.account_id, "ended_by_owner", except_id=here.id)
    return redirect(f"{_HERE}?done=others", 303)


@blueprint.post("/account/devices/<device_id>/forget")
@door.signed_in()
def forget(device_id: str) -> ResponseReturnValue:
    """Forget one of the person's own browsers; a sign-in from it is new again."""
    with transaction() as work:
        if not devices.forget(work, door.here().account_id, device_id):
            raise not_found()
    return redirect(f"{_HERE}?done=forgotten", 303)


def _sessions(session: Session, here: SessionView) -> list[SignedIn]:
    found = sessions.listing(session, here.account_id, context().clock.now())
    shown = sorted(found, key=lambda one: one.id != here.id)  # this one first, then by last use
    return [_signed_in(one, here) for one in shown]


def _signed_in(one: SessionView, here: SessionView) -> SignedIn:
    noticed = [words().render(sentence) for sentence in sentences(one.reasons)]
    return SignedIn(one, _spoken(one.label), labels.where(one.place, _), one.id == here.id, noticed)


def _devices(session: Session, here: SessionView) -> list[Known]:
    now, browser = context().clock.now(), device_door.browser()
    present = devices.find(session, here.account_id, browser)
    may = devices.may_remember(session, here.account_id, now)
    accepted = risk.known_devices(session, here.account_id)  # where a check was not passed, nobody is known
    return [
        Known(
            one,
            _spoken(one.label),
            labels.where(one.place, _),
            present is not None and one.id == present.id,
            may and one.remembered_until is not None and one.remembered_until > now,
        )
        for one in devices.listing(session, here.account_id)
        if one.proved_at is not None or one.id in accepted
    ]


def _spoken(label: str | None) -> str:
    return labels.spoken(label or labels.UNKNOWN, _)
