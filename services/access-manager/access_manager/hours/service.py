"""Use cases of opening hours: read the cached answer, ask availability again, cut what an event made uncertain."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import structlog
from sqlalchemy import Row

from access_manager.hours import models
from access_manager.hours.openness import Openness, Snapshot, fresh, last_known
from shared.cache import Rest
from shared.db import claimed
from shared.errors import Problem
from shared.service import Context, Work

_log = structlog.get_logger("hours")
# While availability does not answer, one call in five seconds waits for it; the others use what is known.
_RETRY_AFTER = timedelta(seconds=5)
_FUNCTIONS_URL = "/api/availability/v1/functions"


def openness(
    context: Context, function: str, row: Row[*tuple[Any, ...]], now: datetime, client: str = ""
) -> Openness | None:
    """Return the openness of `function` from a row of `OpeningHours`, asking availability where it is too old.

    `client` is the client id of the app that asks: maintenance may be for single ones.

    None where nobody knows. Never called inside a transaction: it may wait for a neighbour.
    """
    known = Snapshot(row.functions, row.checked_at, row.cut_at)
    found = fresh(known, function, now, client)
    if found is not None:
        return found
    asked = refresh(context, row.cuts, now)
    answer = fresh(asked, function, now, client) if asked is not None else None
    return answer or last_known(known, function, now, client)


def refresh(context: Context, cuts: int, now: datetime) -> Snapshot | None:
    """Ask availability and keep the answer unless an event cut it meanwhile (`cuts` then); None while it is away."""
    functions = _ask(context)
    if functions is None:
        return None
    with context.transaction() as work:
        kept = claimed(work.session.execute(models.replaced(functions, now, cuts)))
    if not kept:
        _log.info("hours.cut_while_asking")
    # Good for the decision that asked, even where it may not be kept: it is newer than anything else known.
    return Snapshot(functions, now, None)


def cut(work: Work) -> None:
    """Let nobody rely on the cached answer from this transaction on."""
    work.session.execute(models.cut(work.now))


def _ask(context: Context) -> Mapping[str, Any] | None:
    if _rest(context).lasts:
        return None
    try:
        answer = context.neighbours.get("availability").get(_FUNCTIONS_URL)
        answer.raise_for_status()
        functions = orjson.loads(answer.content)["functions"]
    except (httpx.HTTPError, Problem, ValueError, KeyError, TypeError) as error:
        _log.warning("hours.away", error=type(error).__name__)
        _rest(context).begin()
        return None
    return functions if isinstance(functions, dict) else None


def _rest(context: Context) -> Rest:
    return Rest(context.cache, "hours", _RETRY_AFTER)
