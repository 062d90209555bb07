"""Which step of a sign-in comes next: decided from stored facts, never from where the browser came from. Pure.

The picture is flow.mermaid, beside this file. `RULES` is the whole truth: the first rule that names a step wins. Steps
never call each other; each ends by asking here again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from identity.mfa.assurance import ACR_2, PASSWORD, SUPPORTED, satisfies, strongest

# A factor is bound only on a fresh sign-in: somebody at an unlocked screen must not bind theirs (threat 32).
FRESH_FOR_ENROLMENT = timedelta(minutes=20)
_FIRST = frozenset({PASSWORD, "hwk", "swk"})  # what a sign-in can begin with (RFC 8176): a password or a passkey


class Step(StrEnum):
    """What to ask for next."""

    SIGN_IN = "sign_in"
    CLOSED = "closed"
    VERIFY = "verify"
    PROVE = "prove"
    ENROL = "enrol"
    RENEW = "renew"
    ORGANIZATION = "organization"
    TERMS = "terms"
    NUDGE = "nudge"
    UNMET = "unmet"
    DONE = "done"


@dataclass(frozen=True)
class Standing:
    """What is known of a sign-in: from the session row and the account's own rows.

    `reachable`: the strongest level that the account's own methods lead to from here. `owes_proof`: something was
    unusual, so one more proof is due; `owes_password`: it must be chosen anew. `organization_acr`: what the
    organization that is worked for asks of its people.
    """

    amr: tuple[str, ...]
    acr: str
    auth_time: datetime
    needs_two: bool  # staff: everywhere (domain §5)
    manages: bool
    enrolled: bool
    reachable: str
    remembered: bool  # on this device the person asked to be asked less
    owes_proof: bool
    owes_password: bool
    must_choose: bool  # several organizations, none chosen yet
    organization_acr: str | None
    terms_due: bool
    nudge_due: bool
    website_closed: bool = False  # for maintenance, and the person is not staff


@dataclass(frozen=True)
class Demand:
    """What the ticket asks for. `own`: the person came for a page of identity itself, not for an app.

    `direct`: nobody sent them, they came to sign in. `organization`: what follows must know for which one
    organization the person works.
    """

    acr: str | None = None
    not_before: datetime | None = None
    own: bool = False
    direct: bool = False
    organization: bool = False


Rule = Callable[[Standing, Demand, datetime], Step | None]


def _recent(standing: Standing, demand: Demand, _now: datetime) -> Step | None:
    """Signed in by a password or a passkey, and not longer ago than the app accepts."""
    too_old = demand.not_before is not None and standing.auth_time < demand.not_before
    return Step.SIGN_IN if too_old or not _FIRST & set(standing.amr) else None


def _website_open(standing: Standing, demand: Demand, _now: datetime) -> Step | None:
    """While the website is closed for maintenance nobody but staff goes on; who is signed in keeps their own pages."""
    return Step.CLOSED if standing.website_closed and (demand.direct or not demand.own) else None


def _not_unusual(standing: Standing, _demand: Demand, _now: datetime) -> Step | None:
    """Where risk asked for one more proof: a factor, or a code for those who have none."""
    if not standing.owes_proof:
        return None
    return Step.PROVE if standing.enrolled else Step.VERIFY


def _strong_enough(standing: Standing, demand: Demand, now: datetime) -> Step | None:
    """As strong as the app demands, the person's role needs, and the person themself set up."""
    return _towards(required_acr(standing, demand), standing, now)


def _own_password(standing: Standing, _demand: Demand, _now: datetime) -> Step | None:
    """With a password that nobody else may know; only after the proofs, which the other may not have."""
    return Step.RENEW if standing.owes_password else None


def _organization_known(standing: Standing, demand: Demand, _now: datetime) -> Step | None:
    """Working for one organization, where what follows must know it."""
    return Step.ORGANIZATION if demand.organization and standing.must_choose else None


def _strong_for_organization(standing: Standing, demand: Demand, now: datetime) -> Step | None:
    """As strong as that organization asks (B5)."""
    return _towards(standing.organization_acr, standing, now) if demand.organization else None


def _terms_accepted(standing: Standing, demand: Demand, _now: datetime) -> Step | None:
    """With today's terms of use accepted; without them there are no functions, but one's own account stays open."""
    return Step.TERMS if standing.terms_due and not demand.own else None


def _reminded(standing: Standing, demand: Demand, _now: datetime) -> Step | None:
    """Reminded now and then of a second way to sign in; never on the way to an app."""
    return Step.NUDGE if standing.nudge_due and demand.direct else None


RULES: tuple[Rule, ...] = (
    _recent,
    _website_open,
    _not_unusual,
    _strong_enough,
    _own_password,
    _organization_known,
    _strong_for_organization,
    _terms_accepted,
    _reminded,
)


def next_step(standing: Standing | None, demand: Demand, now: datetime) -> Step:
    """Return the step that is missing, or DONE. `standing` is None while nobody is signed in."""
    if standing is None:
        return Step.SIGN_IN
    steps = (rule(standing, demand, now) for rule in RULES)
    return next((step for step in steps if step is not None), Step.DONE)


def required_acr(standing: Standing, demand: Demand) -> str:
    """Return the level to reach: what the app demands, what the role needs, what the person set up.

    An app of level 1 is one that an operator named as low risk: there a password is enough for all but staff (domain
    §5). A remembered device spares the question only on one's own pages, and never raises the level reached.
    """
    chosen = standing.enrolled and not standing.remembered
    own = demand.own and (standing.manages or chosen)
    return strongest(demand.acr, ACR_2 if standing.needs_two or own else None)


def _towards(required: str | None, standing: Standing, now: datetime) -> Step | None:
    """Return the step that leads to the level, None where it is reached."""
    if satisfies(standing.acr, required):
        return None
    if required not in SUPPORTED:
        return Step.UNMET
    # Nobody binds a stronger factor before they have proved one they already have.
    if satisfies(standing.reachable, required) or (standing.enrolled and not satisfies(standing.acr, ACR_2)):
        return Step.PROVE
    return Step.ENROL if now - standing.auth_time <= FRESH_FOR_ENROLMENT else Step.SIGN_IN
