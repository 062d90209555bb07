"""What one person holds, by organization; who manages it is told to members only (G15: no harvesting of names)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from access_manager.functions.catalogue import Function, by_category
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.requests.asking import Standing, of_account, standings
from access_manager.requests.flow import State
from access_manager.requests.models import AccessRequest
from access_manager.reviews.opening import due_dates

Groups = Sequence[tuple[str, Sequence[Function]]]
_TOLD_FOR = timedelta(days=30)  # how long a decision stays on the page


@dataclass(frozen=True, slots=True)
class Own:
    """One organization of a person: what they can use now, what they could ask for, who manages it, what they asked.

    `ends`: those among what they can use that end before the membership does. `review_until`: when what nobody
    confirms ends, while a review of everybody's access is open; that is said once, and not in `ends`. `asked`: the
    open request, `answered` the last one that was decided lately.
    """

    organization: Organization
    membership: Membership
    held: Groups
    lacking: Groups
    ends: Mapping[str, datetime]
    review_until: datetime | None
    managers: Sequence[Person]
    asked: AccessRequest | None
    answered: AccessRequest | None
    through_company: bool

    def over(self, now: datetime) -> bool:
        """Whether the last day of access has passed."""
        return self.membership.ends_at is not None and self.membership.ends_at <= now


def own(session: Session, account_id: str, now: datetime) -> list[Own]:
    """The active memberships of an account, by the name of the organization."""
    stands = standings(session, account_id, now)
    names = people.names(session, [each.account_id for one in stands for each in one.managers])
    requests = of_account(session, account_id)
    due = due_dates(session, [each.organization.id for each in stands])
    return [_own(one, names, requests, due.get(one.organization.id), now) for one in stands]


def lacks(stands: Standing) -> list[str]:
    """What the person cannot use now and the organization may hold, in the order of the catalogue."""
    return [each for each in stands.organization.entitled if each not in stands.running]


def _own(
    one: Standing,
    names: Mapping[str, Person],
    requests: Sequence[AccessRequest],
    due_at: datetime | None,
    now: datetime,
) -> Own:
    here = [each for each in requests if each.organization_id == one.organization.id]
    ends = {each: datetime.fromisoformat(end) for each, end in one.membership.function_ends.items()}
    ends = {each: end for each, end in ends.items() if each in one.running}
    return Own(
        organization=one.organization,
        membership=one.membership,
        held=by_category(one.running & set(one.organization.entitled)),
        lacking=by_category(lacks(one)),
        ends={each: end for each, end in ends.items() if end != due_at},
        review_until=due_at if due_at in ends.values() else None,
        managers=[names[each.account_id] for each in one.managers if each.account_id in names],
        asked=next((each for each in here if each.state == State.OPEN), None),
        answered=_answered(here, now),
        through_company=one.membership.link_id is not None,
    )


def _answered(requests: Sequence[AccessRequest], now: datetime) -> AccessRequest | None:
    told = [each for each in requests if each.decided_by and each.decided_at and each.decided_at > now - _TOLD_FOR]
    return max(told, key=lambda each: each.decided_at or now, default=None)
