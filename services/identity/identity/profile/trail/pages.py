"""The page door of a person's own history: what happened to the account, in the words everybody reads (D4)."""

from datetime import datetime, timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from identity.devices import labels
from identity.profile.trail import reading as trail
from identity.profile.trail.history import Entry
from identity.sessions import door
from shared.errors import bad_request
from shared.i18n import say
from shared.web.door import context, reading
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("activity", __name__)
_A_PAGE = 30


@blueprint.get("/account/activity")
@door.signed_in()
def show() -> ResponseReturnValue:
    """Show what happened, the newest first; `?before=` leads to what is older."""
    before = _before()
    with reading() as session:
        shown, more = trail.entries(session, door.here().account_id, before, _A_PAGE)
    older = shown[-1].at.isoformat() if more else None
    items = [(entry.at, words().render(entry.title), _detail(entry)) for entry in shown]
    return page("profile/activity.html", items=items, older=older, first="before" not in request.args)


def _before() -> datetime:
    """The instant that the address names; without one everything up to now, this very instant included."""
    text = request.args.get("before")
    if text is None:
        return context().clock.now() + timedelta(seconds=1)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise bad_request("malformed-address", say("The address does not name an instant."))
    return found


def _detail(entry: Entry) -> Markup:
    """Browser, place and address in one line, then a sentence for each thing that was noticed."""
    parts = []
    if entry.label is not None:
        browser = [labels.spoken(entry.label, _), labels.where(entry.place, _), entry.source or ""]
        parts.append(" · ".join(browser))
    if entry.by_another:
        parts.append(_("Done by the support desk."))
    return Markup("<br>").join([*parts, *(words().render(reason) for reason in entry.reasons)])
