"""What an organization may give to a company that works for it, and what that company may hand on: never more."""

from collections.abc import Collection
from datetime import datetime

from access_manager.rules.refusals import Refusal

# Who works for others; the kinds are registration's.
COMPANY_KINDS = frozenset({"billing_company", "vendor"})


def may_connect(provider: str, company: str, company_kind: str) -> Refusal | None:
    """Allow a billing company or a vendor to work for another organization."""
    return None if provider != company and company_kind in COMPANY_KINDS else Refusal.PARTNER_KIND


def may_answer(asked_by: str, asking_person: str, side: str, actor: str, *, person: bool) -> Refusal | None:
    """Allow the side that was asked to answer, by somebody else than who asked: one may manage both sides."""
    if asked_by == side:
        return Refusal.PARTNER_OTHER_SIDE
    return Refusal.SELF_DECISION if person and actor == asking_person else None


def may_narrow(
    held: Collection[str], wanted: Collection[str], ends_at: datetime | None, wanted_end: datetime | None, now: datetime
) -> Refusal | None:
    """Allow fewer functions, at least one, and an end that is earlier and still ahead."""
    if not wanted or set(wanted) - set(held):
        return Refusal.PARTNER_NARROWER
    if wanted_end == ends_at:
        return None
    if wanted_end is None or (ends_at is not None and wanted_end > ends_at):
        return Refusal.PARTNER_NARROWER
    return Refusal.END_IN_THE_PAST if wanted_end <= now else None


def may_send(*, works_here: bool, through_a_partner: bool) -> Refusal | None:
    """Allow an active member of the company itself: who came through a partner is not handed on."""
    return None if works_here and not through_a_partner else Refusal.PARTNER_OWN_STAFF


def may_assign(
    actor: str, member: str, given: Collection[str], held: Collection[str], wanted: Collection[str], *, managers: int
) -> Refusal | None:
    """Allow what the connection holds. Nobody adds to their own access while another manager of the company could.

    The sole manager of a small company may: what the company may do was decided by the other organization.
    """
    if not wanted or set(wanted) - set(given):
        return Refusal.PARTNER_BEYOND
    if actor == member and managers > 1 and set(wanted) - set(held):
        return Refusal.SELF_RAISE
    return None


def may_join(*, direct: bool, other_link: bool, refused: bool) -> Refusal | None:
    """Allow whoever has no access there but through this connection, and whom the organization did not take off it."""
    if refused:
        return Refusal.PARTNER_REFUSED
    return Refusal.PARTNER_MEMBER if direct or other_link else None


def first_end(*ends: datetime | None) -> datetime | None:
    """Return the earliest of the ends that there are; None where there is none."""
    return min((each for each in ends if each is not None), default=None)
