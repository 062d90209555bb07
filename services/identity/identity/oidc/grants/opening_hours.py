"""A token never outlives what it speaks of (J5, G8): closed functions stay out, and it ends before one closes or ends.

ID tokens and userinfo go on naming every function: what somebody may do does not change because it is night, and a
portal must be able to show a task with the hour at which it opens.
"""

from dataclasses import replace
from datetime import datetime

from identity.oidc.grants.outcome import Granted
from identity.oidc.openings import service as openings
from identity.oidc.scopes import FUNCTIONS
from shared.db import beside
from shared.service import Work


def within_hours(work: Work, found: Granted) -> Granted:
    """Return what was granted, with the functions that are closed now named, and its end put before a closing."""
    if found.organization is None or FUNCTIONS not in found.scopes:
        return found
    functions = found.organization.functions
    open_now, closes_at = openings.within(beside(work.context.database, work.session), functions, work.now)
    closed = frozenset(functions) - frozenset(open_now)
    return replace(found, closed=closed, until=_first(found.until, closes_at, found.organization.first_end))


def _first(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)
