"""Who may ask for more, and what may be given to whoever asked."""

from collections.abc import Collection, Mapping
from datetime import datetime

from access_manager.rules.holding import may_hold
from access_manager.rules.refusals import Refusal


def may_ask(
    wanted: Collection[str],
    running: Collection[str],
    *,
    kind: str,
    contracted: bool,
    through_link: bool,
    deciders: int,
) -> Refusal | None:
    """Allow a member to ask for functions that they lack and that the organization may hold.

    `running`: what they can use now. `deciders`: how many access managers other than the asker there are; with none,
    only the support desk can help (domain.md §3). A third party's people ask their own company.
    """
    refusal = may_hold(wanted, kind=kind, contracted=contracted)
    if refusal is not None:
        return refusal
    if through_link:
        return Refusal.THROUGH_CONNECTION
    if not set(wanted) - set(running):
        return Refusal.ALREADY_HELD
    return Refusal.NOBODY_TO_DECIDE if deciders == 0 else None


def may_give(asked: Collection[str], granted: Collection[str]) -> Refusal | None:
    """Allow all or some of what was asked: more than that is given on the person's own page, where it is seen whole."""
    return None if set(granted) <= set(asked) else Refusal.NOT_ASKED


def running(
    functions: Collection[str], function_ends: Mapping[str, str], ends_at: datetime | None, now: datetime
) -> set[str]:
    """Return which functions of a membership have not ended at `now`; `function_ends` is RFC 3339 text."""
    if ends_at is not None and ends_at <= now:
        return set()
    over = {each for each, end in function_ends.items() if datetime.fromisoformat(end) <= now}
    return set(functions) - over
