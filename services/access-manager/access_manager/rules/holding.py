"""What an organization may hold, whoever grants it."""

from collections.abc import Collection

from access_manager.functions.catalogue import beyond, unknown
from access_manager.rules.refusals import Refusal


def may_hold(functions: Collection[str], *, contracted: bool) -> Refusal | None:
    """Allow only functions that exist and that the organization may hold, whoever grants them."""
    if unknown(functions):
        return Refusal.UNKNOWN_FUNCTION
    return Refusal.CONTRACTED_ONLY if beyond(functions, contracted=contracted) else None
