"""What an organization may hold, whoever grants it."""

from collections.abc import Collection

from access_manager.functions.catalogue import beyond, unfit, unknown
from access_manager.rules.refusals import Refusal


def may_hold_by_kind(functions: Collection[str], *, kind: str) -> Refusal | None:
    """Allow only what an organization of this kind may hold itself, whoever grants it (F8)."""
    return Refusal.KIND_WITHHELD if unfit(functions, kind=kind) else None


def may_hold(functions: Collection[str], *, contracted: bool) -> Refusal | None:
    """Allow only functions that exist and that the organization may hold, whoever grants them."""
    if unknown(functions):
        return Refusal.UNKNOWN_FUNCTION
    return Refusal.CONTRACTED_ONLY if beyond(functions, contracted=contracted) else None
