"""The page door of the switch "this computer is shared" under the sign-in form (A5).

No sign-in is needed: whoever stands at the computer knows best. The mark only ever takes comfort away.
"""

from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue

from identity.devices import computers
from identity.devices import door as devices_door
from identity.devices import service as devices
from identity.login import steps
from identity.login.flow import Step
from identity.sessions import door
from shared.auth import open_page
from shared.i18n import say
from shared.web.door import transaction
from shared.web.forms import Choice, PageForm, read_form

blueprint = Blueprint("shared_computer", __name__, url_prefix="/login")


class SharedForm(PageForm):
    """Which way the switch goes."""

    shared = Choice(empty=say("Say whether many people use this computer"))


@blueprint.app_context_processor
def offer() -> dict[str, object]:
    """Let the sign-in page ask whether the computer is marked."""
    return {"shared_computer": lambda: devices_door.browser().shared}


@blueprint.post("/shared")
@open_page("whoever stands at the computer says whether others use it too")
def switch() -> ResponseReturnValue:
    """Mark the browser as a shared computer's, or take the mark away; then back to the sign-in form."""
    values, _errors = read_form(SharedForm)
    answer = steps.onward(door.asked_ticket(), Step.SIGN_IN)
    browser, present = devices_door.browser(), door.present()
    with transaction() as work:
        if values.get("shared") == "yes":
            devices.forget_browser(work, browser)
            marked = replace(browser, shared=True, computer=devices_door.mark_shared(answer))
            if present is not None:  # who is signed in now is signed out by the next person
                computers.occupy(work, marked, present.id)
        else:
            computers.leave(work, browser)
            devices_door.unmark_shared(answer)
    return answer
