"""The page door of the history."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.history import sentences
from access_manager.history.service import PAGE, Entry, of_organization
from access_manager.memberships.doors import manager_page
from access_manager.organizations.models import Organization
from shared.web.door import reading
from shared.web.shell import gettext, words

blueprint = Blueprint("history_pages", __name__)
HISTORY = f"{CONSOLE}/history"


@blueprint.get(HISTORY)
@manager_page
@for_organization
def history(organization: Organization) -> ResponseReturnValue:
    """Show who did what to whom in this organization, the newest first."""
    older_than = request.args.get("before", type=int)
    with reading() as session:
        entries = of_organization(session, organization.id, older_than)
    older = entries[-1].number if len(entries) == PAGE else None
    items = [(entry.at, *_words(entry)) for entry in entries]
    return console_page("manage/history.html", organization, HISTORY, items=items, older=older)


def _words(entry: Entry) -> tuple[str, str]:
    spoken = words()
    actor = entry.actor_name or gettext("The support desk")
    target = entry.target_name or entry.target
    said = sentences.sentence(entry.action, actor, target, entry.before, entry.after)
    came, went = sentences.tasks(entry.action, entry.before, entry.after)
    reason = sentences.why(entry.reason)
    parts = [
        *([gettext("Added: %(tasks)s", tasks=", ".join(map(gettext, came)))] if came else []),
        *([gettext("Taken away: %(tasks)s", tasks=", ".join(map(gettext, went)))] if went else []),
        *([gettext("Reason: %(reason)s", reason=gettext(reason))] if reason else []),
    ]
    return spoken.render(said), ". ".join(parts)
