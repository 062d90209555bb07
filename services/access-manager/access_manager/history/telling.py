"""An entry as a page and a file say it, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from access_manager.history import sentences
from access_manager.history.service import INVITATION, Entry
from shared.web.shell import gettext, words
from shared.web.shell.language import language
from shared.web.shell.moments import until


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    at: datetime
    sentence: str
    details: list[str]
    by_desk: bool


def told(entry: Entry) -> Told:
    """Put an entry into words."""
    said = sentences.sentence(entry.action, _actor(entry), _target(entry), entry.before, entry.after)
    return Told(entry.at, words().render(said), _details(entry), entry.by_desk)


def _actor(entry: Entry) -> str:
    if entry.actor_name:
        return entry.actor_name
    return gettext("The support desk") if entry.by_desk else gettext("The system")


def _target(entry: Entry) -> str:
    # An invitation is forgotten some time after it was answered, and the name in it with it.
    unknown = gettext("somebody") if entry.action.startswith(INVITATION) else entry.target
    return entry.target_name or unknown


def _details(entry: Entry) -> list[str]:
    came, went = sentences.tasks(entry.action, entry.before, entry.after)
    about = sentences.concerns(entry.action, entry.before, entry.after)
    reason = sentences.why(entry.action, entry.reason)
    ends_at, moved = sentences.end(entry.action, entry.before, entry.after)
    return [
        *([gettext("Added: %(tasks)s", tasks=_said(came))] if came else []),
        *([gettext("Taken away: %(tasks)s", tasks=_said(went))] if went else []),
        *([gettext("About: %(tasks)s", tasks=_said(about))] if about else []),
        *([_until(ends_at)] if moved else []),
        *([gettext("Reason: %(reason)s", reason=gettext(reason))] if reason else []),
        *([gettext("On behalf of %(manager)s", manager=entry.on_behalf_of_name)] if entry.on_behalf_of_name else []),
    ]


def _until(ends_at: datetime | None) -> str:
    return gettext("Until %(when)s", when=until(ends_at, language(), "short")) if ends_at else gettext("No end date")


def _said(tasks: list[str]) -> str:
    return ", ".join(gettext(each) for each in tasks)
