"""Asking identity about its session: that it is in use here, how long it lasts, whether it is over.

Without this a person at work on our pages would be signed out for doing nothing, because identity does not see them;
and a session that identity ended while its row was being written would live on here.
"""

from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog

from shared.errors import Problem
from shared.service import Context

_GONE = 410
_log = structlog.get_logger("signin")


@dataclass(frozen=True)
class Left:
    """How long identity's session lasts: the seconds it may lie unused, and two instants."""

    idle_seconds: int
    idles_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Over:
    """Identity says that the session is over."""


def use(place: Context, sid: str) -> Left | Over | None:
    """Tell identity that its session is in use; None while identity does not answer, which ends nothing."""
    return _ask(place, "POST", f"/api/identity/v1/sessions/{sid}/use")


def look(place: Context, sid: str) -> Left | Over | None:
    """Ask how long the session lasts; asking is not use."""
    return _ask(place, "GET", f"/api/identity/v1/sessions/{sid}")


def _ask(place: Context, method: str, path: str) -> Left | Over | None:
    try:
        answer = place.neighbours.get("identity").request(method, path)
        if answer.status_code == _GONE:
            return Over()
        answer.raise_for_status()
        return _read(answer.json())
    except (httpx.HTTPError, Problem, KeyError, TypeError, ValueError) as error:
        # An identity of an older release, a restart: the row's own time-outs hold meanwhile.
        _log.info("session.unvouched", why=type(error).__name__)
        return None


def _read(body: dict[str, object]) -> Left:
    instants = (datetime.fromisoformat(str(body[name])) for name in ("idles_at", "ends_at"))
    return Left(int(str(body["idle_seconds"])), *instants)
