"""What functions are called: the plain tasks of access-manager's catalogue, as they were last known.

Asked for only where a page names a function, and never for long: the hours of the suite are told whoever is away. What
nobody has a name for keeps its id.
"""

import time
from collections.abc import Callable, Mapping
from threading import Lock

import httpx

from shared.errors import Problem
from shared.i18n import say
from shared.neighbours import Neighbours
from shared.service import Context
from shared.web.door import context
from shared.web.shell.language import gettext as _

_FRESH, _RETRY = 300.0, 30.0  # seconds: after an answer, and after none
_PATIENCE = httpx.Timeout(1.0)
# A function that programs use and nobody holds: it stands in the default schedule and in no catalogue.
_OURS: Mapping[str, str] = {"edi.exchange": say("Exchange files between systems (EDI)")}


class TaskNames:
    """Shared by all threads of a process. `tick` counts seconds and never goes back, whatever the wall clock does."""

    def __init__(self, context: Context, tick: Callable[[], float] = time.monotonic) -> None:
        self._neighbours = context.neighbours
        self._tick = tick
        self._known: Mapping[str, str] = _OURS
        self._ask_at = tick()
        self._asking = Lock()

    def read(self) -> Mapping[str, str]:
        """Function id → its task in English, the key of the translations; empty names are never among them."""
        if self._tick() >= self._ask_at and self._asking.acquire(blocking=False):  # one asks, the others go on
            try:
                found = _ask(self._neighbours)
                self._known = {**_OURS, **found} if found else self._known
                self._ask_at = self._tick() + (_FRESH if found else _RETRY)
            finally:
                self._asking.release()
        return self._known


def task(function: str) -> str:
    """The function as people call it, in the reader's language."""
    return _(context().part(TaskNames).read().get(function, function))


def _ask(neighbours: Neighbours) -> dict[str, str]:
    try:
        answer = neighbours.get("access-manager").get("/api/access/v1/functions", timeout=_PATIENCE)
        answer.raise_for_status()
        return {str(each["id"]): str(each["task"]) for each in answer.json()["functions"] if each["task"]}
    except (httpx.HTTPError, Problem, ValueError, KeyError, TypeError):
        return {}
