"""What every page of the room has: the navigation, words for times, and refusals beside their fields."""

from collections.abc import Mapping
from typing import Any

from flask import request

from availability.gate.board import Board
from availability.status.words import in_language, title, window, zone_name
from shared.errors import Problem
from shared.web.door import context
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.signin import person


def frame() -> dict[str, Any]:
    """What the templates of the room take for granted."""
    return {
        "calendars": context().part(Board).read().timetable.schedule.calendars,
        "title": title,
        "zone_name": zone_name,
        "window": window,
        "in_language": in_language,
        "person_name": person().name,
        "signout_url": "/hours/signout",
        "home_url": "/hours",
        "nav": [("/hours", _("Opening hours"), request.path == "/hours"), ("/status", _("Public status page"), False)],
    }


def faults(refused: Problem, field_of: Mapping[str, str]) -> dict[str, str]:
    """A refusal of the use case as sentences by field; "" where it is about the whole form."""
    spoken, errors = words(), refused.members.get("errors")
    if not isinstance(errors, dict):
        return {"": spoken.render(refused.detail)}
    return {field_of.get(name, ""): spoken.render(sentences[0]) for name, sentences in errors.items()}
