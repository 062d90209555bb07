"""The three searches of AuthZEN §8: who may, where may they, and what may they, by the same decision as evaluation.

A result is what an evaluation would permit at this instant. Candidates come from memberships in the order of their
ids; each is decided by `decide`, so that a search cannot say otherwise than an evaluation.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from access_manager.decisions import lookup
from access_manager.decisions.authzen import Found, Wanted
from access_manager.decisions.decide import Reason, decide
from access_manager.decisions.lookup import Known
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.hours.openness import Openness
from access_manager.hours.service import openness
from shared.service import Context

_BATCH = 500


def subjects(context: Context, wanted: Wanted) -> Found:
    """Who may use the function in the organization now."""

    def candidates(after: str, limit: int) -> Sequence[Known]:
        return lookup.members(context.database, wanted.organization_id, after, limit)

    permitted = _permitted(context, wanted, candidates, "account_id")
    return _page(permitted, wanted, lambda id: {"type": "account", "id": id})


def resources(context: Context, wanted: Wanted) -> Found:
    """In which organizations the account may use the function now."""

    def candidates(after: str, limit: int) -> Sequence[Known]:
        return lookup.memberships(context.database, wanted.account_id, after, limit)

    permitted = _permitted(context, wanted, candidates, "organization_id")
    return _page(permitted, wanted, lambda id: {"type": "organization", "id": id})


def actions(context: Context, wanted: Wanted) -> Found:
    """Which functions the account may use in the organization now."""
    now, judge = context.clock.now(), _Judge(context, wanted)
    row = _read(context, wanted)
    if row.held:
        judge.permits(row, row.held[0], now)
        row = _read(context, wanted)  # availability may just have been asked: once for all functions, not for each
    names = sorted(one.id for one in FUNCTIONS if one.id > wanted.page.after)
    chosen = wanted.organization_id != ""
    permitted = (name for name in names if chosen and judge.permits(row, name, now))
    return _page(permitted, wanted, lambda name: {"name": name})


def _read(context: Context, wanted: Wanted) -> Known:
    return lookup.read(context.database, wanted.account_id, wanted.organization_id)[0]


class _Judge:
    """Decides rows of one search; availability is asked at most once for each function."""

    def __init__(self, context: Context, wanted: Wanted) -> None:
        self._context = context
        self._client_id = wanted.client_id
        self._acr, self._session_ends_at = wanted.acr, wanted.session_ends_at
        self._openness: dict[str, Openness | None] = {}

    def permits(self, row: Known, function: str, now: datetime) -> bool:
        """Whether an evaluation would permit."""
        ends_at = self._session_ends_at
        facts = lookup.facts(row, chosen=True, waiting=False, acr=self._acr, session_ends_at=ends_at)
        answer = decide(facts, function, now)
        if answer.reason is Reason.HOURS_UNKNOWN:
            if function not in self._openness:
                self._openness[function] = openness(self._context, function, row, now, self._client_id)
            answer = decide(replace(facts, openness=self._openness[function]), function, now)
        return answer.permitted


def _permitted(
    context: Context, wanted: Wanted, candidates: Callable[[str, int], Sequence[Known]], key: str
) -> Iterator[str]:
    """The ids behind the page's start that would be permitted, in order, read in batches as they are needed."""
    now, judge = context.clock.now(), _Judge(context, wanted)
    after, full = wanted.page.after, True
    while full:
        rows = candidates(after, _BATCH)
        full = len(rows) == _BATCH
        for row in rows:
            after = str(getattr(row, key))
            if judge.permits(row, wanted.function, now):
                yield after


def _page(permitted: Iterator[str], wanted: Wanted, shown: Callable[[str], dict[str, str]]) -> Found:
    """Take one page; the token of the next names the last result, and is empty where nothing follows."""
    taken: list[str] = []
    for found in permitted:
        if len(taken) == wanted.page.limit:
            return Found([shown(each) for each in taken], wanted.token(taken[-1]))
        taken.append(found)
    return Found([shown(each) for each in taken], "")
