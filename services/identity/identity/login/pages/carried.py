"""What the pages of sign-in share: which step one belongs to, the ticket in the address, who acts half-way in."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from identity.devices import service as devices
from identity.login import steps
from identity.login.flow import Step
from identity.login.steps import Place
from identity.sessions.service import SessionView
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import reading

StepView = Callable[[Place, SessionView], ResponseReturnValue]


def at(wanted: Step) -> Callable[[StepView], Callable[[], ResponseReturnValue]]:
    """The page belongs to this step: whoever has come to it sees it, everybody else is led to their own.

    Session and flow are asked at every request, so that no page opens out of turn (threat 32).
    """

    def declared(view: StepView) -> Callable[[], ResponseReturnValue]:
        @open_page("the session and the flow decide; without them it leads to the first step")
        @wraps(view)
        def guarded() -> ResponseReturnValue:
            place = steps.find()
            if place.step is not wanted or place.present is None:
                return steps.onward(place.ticket, place.step)
            return view(place, place.present)

        return guarded

    return declared


def here(path: str, **more: str) -> str:
    """Return the path with the ticket of this request, so that the way back is not lost."""
    ticket = request.args.get("ticket")
    query = urlencode({**({"ticket": ticket} if ticket else {}), **more})
    return f"{path}?{query}" if query else path


def own_lane(present: SessionView) -> str | None:
    """Return the device under which tries are counted: one that was proved before is not stopped by others' tries."""
    with reading() as session:
        return devices.proved(session, present.account_id, present.device_id)


def person(present: SessionView) -> Actor:
    """Return who acts on these pages: somebody who is half-way in."""
    return Actor(present.account_id, "person")
