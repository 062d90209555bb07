"""Asking availability: an event says that a calendar opened, only an answer says when it closes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import structlog

from identity.oidc.openings import service
from identity.oidc.openings.service import Told
from shared.cache import Rest
from shared.service import Context, Job

_log = structlog.get_logger("openings")
# While availability does not answer it is asked every five seconds; what is known holds until it ends by itself.
_RETRY_AFTER = timedelta(seconds=5)
_FUNCTIONS_URL = "/api/availability/v1/functions"


def learn(context: Context) -> int:
    """Job: ask for the hours of every calendar where what is known is over or in doubt; return how many changed."""
    now = context.clock.now()
    with context.reading() as session:
        seen = service.due(session, now)
    if seen is None or _rest(context).lasts:
        return 0
    told = _ask(context)
    if told is None:
        return 0
    with context.transaction() as work:
        return service.answered(work, told, seen, now)


def _ask(context: Context) -> Mapping[str, Told] | None:
    try:
        answer = context.neighbours.bare("availability").get(_FUNCTIONS_URL)
        answer.raise_for_status()
        return _by_calendar(orjson.loads(answer.content)["functions"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("openings.availability_away", error=type(error).__name__)
        _rest(context).begin()
        return None


def _by_calendar(functions: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Told]:
    names: dict[str, list[str]] = {}
    for name, one in functions.items():
        names.setdefault(one["calendar"], []).append(name)
    return {part: told for calendar, mine in names.items() for part, told in _parts(calendar, mine, functions)}


def _parts(
    calendar: str, names: Sequence[str], functions: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Told]]:
    """The calendar with the functions that stand as most of it does, then every other one by itself.

    A maintenance may be for single functions: such a one is not open because the rest of its calendar is.
    """
    said = {name: _told((name,), functions[name]) for name in names}
    common = Counter(replace(told, functions=()) for told in said.values()).most_common(1)[0][0]
    usual = tuple(name for name, told in said.items() if replace(told, functions=()) == common)
    yield calendar, replace(common, functions=usual)
    yield from ((f"/{name}"[:100], told) for name, told in said.items() if name not in usual)


def _told(functions: tuple[str, ...], one: Mapping[str, Any]) -> Told:
    return Told(functions, one["open"] is True, _instant(one["until"]), _instant(one["valid_until"]))


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None


def _rest(context: Context) -> Rest:
    return Rest(context.cache, "openings", _RETRY_AFTER)


JOBS = (Job("learn-opening-hours", timedelta(seconds=1), learn),)
