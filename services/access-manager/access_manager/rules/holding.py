"""What an organization may hold, whoever grants it."""

from collections.abc import Collection

from access_manager.functions.catalogue import beyond, unfit, unknown
from access_manager.rules.refusals import Refusal


def may_hold(functions: Collection[str], *, kind: str, contracted: bool) -> Refusal | None:
    """Allow only functions that exist and that the organization may hold: by its kind (F8), by its contract (F6)."""
    if unknown(functions):
        return Refusal.UNKNOWN_FUNCTION
    if unfit(functions, kind=kind):
        return Refusal.KIND_WITHHELD
    return Refusal.CONTRACTED_ONLY if beyond(functions, kind=kind, contracted=contracted) else None
