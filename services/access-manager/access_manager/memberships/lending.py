"""Functions lent for a while: added to a row with an end of their own, and taken out again.

The end stands in the row, so a decision denies from that instant on whether or not anything runs here afterwards.
"""

from collections.abc import Collection
from datetime import datetime

from access_manager.functions.catalogue import in_order
from access_manager.memberships.changing import change
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from shared.service import Work


def lend(
    work: Work, organization: Organization, found: Membership, functions: Collection[str], until: datetime, reason: str
) -> Membership:
    """Add functions that the member does not hold, until an instant. The organization must be held; raises 412."""
    ends = {**found.function_ends, **dict.fromkeys(functions, _text(until))}
    values: dict[str, object] = {"functions": list(in_order({*found.functions, *functions})), "function_ends": ends}
    return change(work, organization, found, "membership.changed", values, reason)


def reclaim(
    work: Work, organization: Organization, found: Membership, functions: Collection[str], until: datetime, reason: str
) -> Membership:
    """Take out what was lent until that instant; what was given for good meanwhile stays. Raises 412."""
    lent = {each for each in functions if found.function_ends.get(each) == _text(until)}
    if not lent:
        return found
    ends = {each: end for each, end in found.function_ends.items() if each not in lent}
    values: dict[str, object] = {"functions": list(in_order(set(found.functions) - lent)), "function_ends": ends}
    return change(work, organization, found, "membership.changed", values, reason)


def _text(until: datetime) -> str:
    return until.isoformat().replace("+00:00", "Z")
