"""Emergency access (HIPAA 164.312(a)(2)(ii)): only what was listed, for a short time, reviewed before the next."""

from collections.abc import Collection

from access_manager.rules.refusals import Refusal

LONGEST_MINUTES = 240
SHORTEST_MINUTES = 15
USUAL_MINUTES = 60


def may_begin(
    listed: Collection[str],
    held: Collection[str],
    wanted: Collection[str],
    *,
    works_here: bool,
    through_a_partner: bool,
    unreviewed: bool,
) -> Refusal | None:
    """Allow an active member of the organization itself, whose last use was reviewed, what is listed and lacking."""
    if through_a_partner:
        return Refusal.EMERGENCY_PARTNER
    if not works_here:
        return Refusal.NOT_A_MEMBER
    if unreviewed:
        return Refusal.EMERGENCY_UNREVIEWED
    if not wanted or set(wanted) - set(listed):
        return Refusal.EMERGENCY_NOT_LISTED
    return Refusal.EMERGENCY_HELD if not set(wanted) - set(held) else None


def may_review(reviewer: str, member: str, *, runs: bool, reviewed: bool) -> Refusal | None:
    """Allow somebody else than who used it, once it is over, and once."""
    if reviewer == member:
        return Refusal.SELF_DECISION
    if runs:
        return Refusal.EMERGENCY_RUNS
    return Refusal.EMERGENCY_REVIEWED if reviewed else None
