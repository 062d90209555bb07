"""What the pages of lists take: a text or a file, and what is said once for all rows."""

from collections.abc import Mapping, Sequence

from flask import request

from access_manager.adding.reading import (
    ROWS_MOST,
    Entry,
    TooManyError,
    UnreadableError,
    decoded,
    entries,
)
from access_manager.console.forms import Day
from access_manager.functions.catalogue import BY_ID
from access_manager.rules.removal import REMOVAL_REASONS
from shared.i18n import Message, say
from shared.web.forms import Choice, Choices, PageForm, Text

_LONGEST = 400_000  # a thousand rows of four hundred characters
NOTHING = say("Paste a list, or choose a file")
TOO_MANY = say("A list has at most %(most)s rows. Split it, and send one part after the other", most=ROWS_MOST)
NO_TEXT = say("This file cannot be read. Save it as CSV in your spreadsheet program, then choose it again")


class AddSeveralForm(PageForm):
    """A list, and tasks and a last day for the rows that name none."""

    list = Text(longest=_LONGEST, multiline=True, too_long=TOO_MANY)
    functions = Choices(options=tuple(BY_ID))
    ends_on = Day()


class RemoveSeveralForm(PageForm):
    """A list or ticked people, and why."""

    list = Text(longest=_LONGEST, multiline=True, too_long=TOO_MANY)
    member = Choices()
    reason = Choice(options=tuple(REMOVAL_REASONS), empty=say("Choose a reason"))


def sent(text: str, tasks: Mapping[str, Sequence[str]]) -> tuple[str, list[Entry], Message | None]:
    """Return (the list as text, its rows, what is wrong with the whole of it); a chosen file counts for the text."""
    try:
        text = _uploaded() or text
        found = entries(text, tasks)
    except UnreadableError:
        return text, [], NO_TEXT
    except TooManyError:
        return text, [], TOO_MANY
    return text, found, None if found else NOTHING


def _uploaded() -> str:
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    return decoded(content) if content else ""
