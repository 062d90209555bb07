"""Which step of a sign-in comes next: decided from stored facts, never from where the browser came from. Pure.

The picture is flow.mermaid, beside this file. Steps never call each other: each ends by asking here again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from identity.mfa.assurance import ACR_2, PASSWORD, TOTP, satisfies, strongest

# A second factor is bound only on a fresh password: somebody at an unlocked screen must not bind theirs (threat 32).
FRESH_FOR_ENROLMENT = timedelta(minutes=20)
# Nobody outside staff is forced to two factors unless the app demands it; staff always are (domain §5).
_ALWAYS_TWO = frozenset({"staff"})


class Step(StrEnum):
    """What to ask for next."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    CODE = "code"
    ENROL = "enrol"
    UNMET = "unmet"
    ORGANIZATION = "organization"
    DONE = "done"


@dataclass(frozen=True)
class Standing:
    """What is known of a sign-in: from the session row and the account's own rows."""

    amr: tuple[str, ...]
    acr: str
    auth_time: datetime
    population: str
    enrolled: bool
    must_choose: bool  # several organizations, none chosen yet


@dataclass(frozen=True)
class Demand:
    """What the ticket asks for. `direct`: nobody sent the person, they came to sign in.

    `organization`: what follows must know for which one organization the person works.
    """

    acr: str | None = None
    not_before: datetime | None = None
    direct: bool = False
    organization: bool = False


def next_step(standing: Standing | None, demand: Demand, now: datetime) -> Step:
    """Return the step that is missing, or DONE. `standing` is None while nobody is signed in."""
    if standing is None or PASSWORD not in standing.amr or _too_old(standing, demand):
        return Step.PASSWORD
    if not satisfies(standing.acr, required_acr(standing, demand)):
        return _towards_two_factors(standing, now)
    return Step.ORGANIZATION if demand.organization and standing.must_choose else Step.DONE


def required_acr(standing: Standing, demand: Demand) -> str:
    """Return the level to reach: what the app demands, what the population needs, what the person set up."""
    own = ACR_2 if standing.population in _ALWAYS_TWO or (demand.direct and standing.enrolled) else None
    return strongest(demand.acr, own)


def _too_old(standing: Standing, demand: Demand) -> bool:
    return demand.not_before is not None and standing.auth_time < demand.not_before


def _towards_two_factors(standing: Standing, now: datetime) -> Step:
    if TOTP in standing.amr:
        return Step.UNMET  # more than we can prove today is demanded
    if standing.enrolled:
        return Step.CODE
    return Step.ENROL if now - standing.auth_time <= FRESH_FOR_ENROLMENT else Step.PASSWORD
