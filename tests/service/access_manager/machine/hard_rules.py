"""The hard rules of domain.md §3, read from the rows: they hold after every act, whoever did it, in whatever order."""

from collections.abc import Mapping
from datetime import datetime

from access_manager.dormancy.models import Dormancy
from access_manager.emergencies.models import Emergency
from access_manager.invitations.models import Invitation
from access_manager.memberships.models import Deputy, Membership
from access_manager.organizations.models import Organization
from access_manager.proposals.models import Proposal
from access_manager.requests.models import AccessRequest
from access_manager.reviews.models import Review, ReviewItem
from access_manager.third_parties.models import Link
from tests.service.access_manager.machine.stage import MAY_HOLD, Stage


def insist_hard_rules(stage: Stage) -> None:
    """Every rule, over all rows."""
    members = stage.all(Membership)
    practices = {each.id: each for each in stage.all(Organization)}
    _managers_are_counted(stage, practices, members)
    _nobody_holds_too_much(members)
    _partners_stay_within(stage, members)
    _deputies_stand_in_for_others(stage, members)
    _nobody_decides_their_own(stage)
    _reviews_are_frozen(stage)
    _emergencies_end(stage, members)


def _managers_are_counted(stage: Stage, practices: Mapping[str, Organization], members: list[Membership]) -> None:
    """G1: 1 to 15, none of them through a partner, none with an end; 0 only where the last one's account closed."""
    for place, organization in practices.items():
        seated = [one for one in members if one.organization_id == place and one.is_manager]
        assert organization.manager_count == len(seated) <= 15
        assert seated or place in stage.abandoned, place
        assert all(one.ends_at is None and one.link_id is None for one in seated)


def _nobody_holds_too_much(members: list[Membership]) -> None:
    """G5, F8: what an organization may not hold is in no row of anybody there, and who was removed holds nothing."""
    for one in members:
        assert set(one.functions) <= MAY_HOLD[one.organization_id]
        assert one.status != "removed" or not one.functions


def _partners_stay_within(stage: Stage, members: list[Membership]) -> None:
    """G12: what a third party's people hold ⊆ what the provider gave ⊆ what the provider holds; no longer, either."""
    links = {link.id: link for link in stage.all(Link)}
    for link in links.values():
        assert set(link.functions) <= MAY_HOLD[link.provider_id]
    own = {(one.account_id, one.organization_id): one for one in members}
    for one in (each for each in members if each.link_id and each.status != "removed"):
        link, at_home = links[str(one.link_id)], own[one.account_id, str(one.via_organization_id)]
        assert (link.provider_id, link.company_id) == (one.organization_id, one.via_organization_id)
        assert link.state == "active" and set(one.functions) <= set(link.functions) and not one.is_manager
        assert _not_after(one.ends_at, link.ends_at) and _not_after(one.ends_at, at_home.ends_at)
        assert at_home.status == "active" and at_home.link_id is None


def _not_after(end: datetime | None, limit: datetime | None) -> bool:
    return limit is None or (end is not None and end <= limit)


def _deputies_stand_in_for_others(stage: Stage, members: list[Membership]) -> None:
    """G6: nobody is their own deputy, for more than ninety days, or longer than both have their places."""
    for one in stage.all(Deputy):
        assert one.manager_id != one.deputy_id and set(one.scopes) <= {"requests", "people"}
        assert 0 < (one.ends_at - one.starts_at).days + 1 <= 91
    for one in stage.all(Deputy, Deputy.ended_at.is_(None), Deputy.ends_at > stage.now):
        here = {each.account_id: each for each in members if each.organization_id == one.organization_id}
        assert here[one.manager_id].is_manager and here[one.deputy_id].status != "removed"


def _nobody_decides_their_own(stage: Stage) -> None:
    """G4, G7, G10, G17: requests, proposals, reviews, invitations and emergencies are decided by somebody else."""
    assert not [each for each in stage.all(AccessRequest) if each.decided_by == each.account_id]
    assert not [each for each in stage.all(Emergency) if each.reviewed_by == each.account_id]
    assert not [each for each in stage.all(Proposal) if each.approved_by == each.proposed_by and each.approved_by]
    accepted = stage.all(Invitation, Invitation.state == "accepted")
    assert not [each for each in accepted if each.invited_by == each.account_id]
    for each in stage.all(ReviewItem, ReviewItem.decided_by.is_not(None)):
        assert each.account_id not in (each.decided_by, each.on_behalf_of)


def _reviews_are_frozen(stage: Stage) -> None:
    """G10: who was there when it opened stays what it was; one is open at a time; closed means all are decided."""
    items = stage.all(ReviewItem)
    for review in stage.all(Review):
        frozen = [(one.membership_id, one.role, list(one.functions)) for one in items if one.review_id == review.id]
        assert stage.frozen.setdefault(review.id, frozen) == frozen and len(frozen) == review.people
        undecided = [one for one in items if one.review_id == review.id and one.decision is None]
        assert review.state == "open" or (not undecided and review.evidence_sha256)
    opened = [review.organization_id for review in stage.all(Review, Review.state == "open")]
    assert len(opened) == len(set(opened))


def _emergencies_end(stage: Stage, members: list[Membership]) -> None:
    """G13: what is lent carries its end in the row; and who is suspended by dormancy manages nothing (G11)."""
    by_id = {one.id: one for one in members}
    for each in stage.all(Emergency, Emergency.ended_at.is_(None)):
        assert (each.ends_at - each.started_at).total_seconds() <= 240 * 60
        assert by_id[each.membership_id].account_id == each.account_id
    for mark in stage.all(Dormancy, Dormancy.suspended_at.is_not(None)):
        assert not by_id[mark.membership_id].is_manager
