"""Who decides about an application. Pure: a function of what registration knows at that moment.

domain.md §2: managers decide where there are some; else the desk vets; a non-contracted
organization may join only if it has submitted a claim. Managers are reminded on the way to their due date.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum

from registration.vetting.business_days import NEW_YORK, add_business_days, business_days_left

_MORNING = time(9, 0)


class Route(StrEnum):
    """Where an application goes after it is submitted."""

    MANAGERS = "managers"
    VETTING = "vetting"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why an application is refused without anybody deciding."""

    NO_CLAIM = "non_contracted_no_claim"


@dataclass(frozen=True)
class DirectoryFacts:
    """What the payer's directory says about a TIN."""

    contracted: bool
    claim_submitted: bool


@dataclass(frozen=True)
class OrganizationFacts:
    """What the access manager's events say about the organization of a TIN."""

    organization_id: str
    manager_count: int


@dataclass(frozen=True)
class Routing:
    """The outcome; `organization_id` where the organization is known, `ground` when refused."""

    route: Route
    organization_id: str | None = None
    ground: Refusal | None = None


def route(*, has_tin: bool, entry: DirectoryFacts | None, organization: OrganizationFacts | None) -> Routing:
    """Decide the way of one application.

    The claim rule comes first: managers of a non-contracted organization cannot wave it aside.
    A TIN the directory does not know is neither contracted nor refused: the desk finds out.
    """
    organization_id = organization.organization_id if organization else None
    if has_tin and entry is not None and not entry.contracted and not entry.claim_submitted:
        return Routing(Route.REFUSED, organization_id, Refusal.NO_CLAIM)
    if has_tin and organization is not None and organization.manager_count > 0:
        return Routing(Route.MANAGERS, organization_id)
    return Routing(Route.VETTING, organization_id if has_tin else None)


def reminders(now: datetime, due: datetime) -> tuple[datetime, ...]:
    """When managers who were asked at `now` are reminded: half-way and two business days before the due day.

    In UTC, at 9:00 a.m. Eastern; none that would not lie between the two, and never two on one day.
    """
    today = now.astimezone(NEW_YORK).date()
    left = business_days_left(now, due)
    days = sorted({add_business_days(today, count) for count in (left // 2, left - 2) if count > 0})
    return tuple(datetime.combine(day, _MORNING, NEW_YORK).astimezone(UTC) for day in days)
