"""The page door of one's own access. A person without access learns where to ask, and no name."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.functions.catalogue import BY_ID
from access_manager.mine import contacting, service
from access_manager.mine.contacting import MESSAGES
from access_manager.mine.frame import HERE, own_page
from access_manager.requests.flow import REASONS, SENTENCES
from shared.auth import ACR_PASSWORD
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choice, Errors, PageForm, read_form
from shared.web.shell import gettext
from shared.web.signin import person, signed_in

blueprint = Blueprint("mine", __name__)


class MessageForm(PageForm):
    """What somebody who waits tells those who decide."""

    message = Choice(options=tuple(MESSAGES), empty=say("Choose what you want to say"))


@blueprint.get(HERE)
@signed_in(ACR_PASSWORD, ("provider",))
def mine() -> ResponseReturnValue:
    """What I may do, what I lack, and who controls my access."""
    return _page({})


@blueprint.post(f"{HERE}/message")
@signed_in(ACR_PASSWORD, ("provider",))
def write() -> ResponseReturnValue:
    """Write to whoever decides about my request to join; I do not learn who that is."""
    values, errors = read_form(MessageForm)
    if errors:
        return _page(errors, 422)
    try:
        with transaction() as work:
            contacting.write(work, values["message"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page({"message": gettext(problem.detail)}, problem.status)
    return redirect(f"{HERE}?written=1", 303)


def _page(errors: Errors, status: int = 200) -> ResponseReturnValue:
    now = context().clock.now()
    with reading() as session:
        found = service.own(session, person().account_id, now)
        waits = contacting.waits_for(session, person().account_id, now)
        written = contacting.written(session, person().account_id, now) if waits else False
    return own_page(
        "manage/mine.html",
        status,
        errors=errors,
        found=found,
        waits=waits,
        written=written,
        messages=list(MESSAGES.items()),
        now=now,
        catalogue=BY_ID,
        reasons=REASONS,
        sentences={state.value: words for state, words in SENTENCES.items()},
        said={name for name in ("asked", "withdrawn", "stepped_down", "written") if name in request.args},
    )
