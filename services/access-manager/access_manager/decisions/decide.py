"""The decision, pure: facts and an instant in, an answer out.

The order of the checks is the order in which a person can mend things: first the account, then the membership, then
the function, which take somebody else; then the terms, which take a sign-in and are wanted whatever the hour; then the
hours; last a stronger sign-in, whose proof would age before a closed door. `valid_until` is the earliest instant at
which time alone could change the answer; whatever people change is told by events.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from access_manager.hours.openness import Openness, earliest
from shared.auth.acr import ACR_TWO_FACTORS, satisfies

SENSITIVE_ACR = ACR_TWO_FACTORS  # the sign-in that sensitive functions take


class Reason(StrEnum):
    """Reason codes of domain.md §7; one is named on every answer, `granted` on a permit."""

    GRANTED = "granted"
    ORGANIZATION_NOT_SELECTED = "organization_not_selected"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_CLOSED = "account_closed"
    WRONG_POPULATION = "wrong_population"
    REGISTRATION_PENDING = "registration_pending"
    NO_MEMBERSHIP = "no_membership"
    MEMBERSHIP_SUSPENDED = "membership_suspended"
    CONTRACTED_ONLY = "contracted_only"
    FUNCTION_NOT_GRANTED = "function_not_granted"
    GRANT_EXPIRED = "grant_expired"
    TERMS_NOT_ACCEPTED = "terms_not_accepted"
    FUNCTION_CLOSED = "function_closed"
    MAINTENANCE = "maintenance"
    HOURS_UNKNOWN = "hours_unknown"
    STEP_UP_REQUIRED = "step_up_required"


# Who can mend it: a role, never a name (domain.md §2: a pending person learns no names).
_MANAGER, _DESK, _TIME, _SELF, _OPERATOR = "access_manager", "support_desk", "time", "yourself", "operator"

EXPLANATIONS: Mapping[Reason, tuple[str, str | None]] = {
    Reason.GRANTED: ("This is part of the person’s access.", None),
    Reason.ORGANIZATION_NOT_SELECTED: ("Choose the organization to act for first.", _SELF),
    Reason.ACCOUNT_LOCKED: ("This account is locked. The support desk can open it.", _DESK),
    Reason.ACCOUNT_CLOSED: ("This account is closed.", _DESK),
    Reason.WRONG_POPULATION: ("This account belongs to another portal.", _SELF),
    Reason.REGISTRATION_PENDING: ("The request to join still waits for a decision.", _MANAGER),
    Reason.NO_MEMBERSHIP: ("This account is not a member of the organization.", _MANAGER),
    Reason.MEMBERSHIP_SUSPENDED: ("This person’s access to the organization is suspended.", _MANAGER),
    Reason.CONTRACTED_ONLY: ("This function is only for organizations with a contract.", _OPERATOR),
    Reason.FUNCTION_NOT_GRANTED: ("This function is not part of the person’s access.", _MANAGER),
    Reason.GRANT_EXPIRED: ("This person’s access ended on its end date.", _MANAGER),
    Reason.TERMS_NOT_ACCEPTED: (
        "There are new terms of use. They are shown at the next sign-in, and can be accepted there.",
        _SELF,
    ),
    Reason.FUNCTION_CLOSED: ("This function is closed at this hour.", _TIME),
    Reason.MAINTENANCE: ("This function is closed for maintenance.", _TIME),
    Reason.HOURS_UNKNOWN: ("The opening hours cannot be read right now.", _OPERATOR),
    Reason.STEP_UP_REQUIRED: ("This function needs a new sign-in with two factors. Sign in again with both.", _SELF),
}


@dataclass(frozen=True, slots=True)
class Holding:
    """What one account holds in one organization. `status` is active, suspended or removed.

    `function_ends` names the functions that end before `ends_at` does, as RFC 3339 text.
    """

    status: str
    functions: Collection[str]
    ends_at: datetime | None
    contracted: bool
    function_ends: Mapping[str, str] = field(default_factory=dict)

    def end_of(self, function: str) -> datetime | None:
        """When this function ends by time alone; None where it does not."""
        own = self.function_ends.get(function)
        return earliest(self.ends_at, datetime.fromisoformat(own) if own else None)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one decision looks at.

    `account_status` is None where the account is unknown, else pending, active, locked (until `locked_until`, or
    without end) or closed. `waiting` tells that a request to join is open. `restricted` holds the contracted-only
    functions of the catalogue, `sensitive` those that take two factors. `openness` is None where the hours are not
    known. `terms_due_at` is when the first version of the terms began or begins to count that the person has yet to
    accept, None where there is none. `acr` is the sign-in as the asker states it, empty where nothing is stated: what
    is not said is not proved. `session_ends_at` is when that sign-in ends, None where the asker does not say.
    """

    organization_chosen: bool
    account_status: str | None
    locked_until: datetime | None
    population: str | None
    waiting: bool
    holding: Holding | None
    restricted: Collection[str]
    sensitive: Collection[str]
    openness: Openness | None
    terms_due_at: datetime | None
    acr: str
    session_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision that explains itself."""

    permitted: bool
    reason: Reason
    valid_until: datetime | None = None
    next_open: datetime | None = None
    stale: bool = False

    @property
    def sentence(self) -> str:
        """The plain sentence; English is the key of its translations."""
        return EXPLANATIONS[self.reason][0]

    @property
    def who_can_fix(self) -> str | None:
        """The role that can mend a denial; None on a permit."""
        return EXPLANATIONS[self.reason][1]

    @property
    def acr_values(self) -> str | None:
        """The sign-in that would mend a denial (RFC 9470 §4); None where another sign-in would not."""
        return SENSITIVE_ACR if self.reason is Reason.STEP_UP_REQUIRED else None


def decide(facts: Facts, function: str, now: datetime) -> Answer:
    """Answer whether `function` may be used at `now` (aware)."""
    if not facts.organization_chosen:
        return Answer(False, Reason.ORGANIZATION_NOT_SELECTED)
    closed = _account(facts)
    if closed is not None:
        return closed
    refusal = _membership(facts)
    if refusal is not None or facts.holding is None:
        return Answer(False, refusal or Reason.NO_MEMBERSHIP)
    ends_at = facts.holding.end_of(function)
    return (
        _function(facts, facts.holding, function, ends_at, now)
        or _terms(facts.terms_due_at, ends_at, now)
        or _proved(facts, function, _hours(facts.openness, earliest(ends_at, facts.terms_due_at)), now)
    )


def _account(facts: Facts) -> Answer | None:
    if facts.account_status == "closed":
        return Answer(False, Reason.ACCOUNT_CLOSED)
    # A timed lock stops new sign-ins at identity and nothing else: whoever knows a user ID can bring it about by
    # typing wrong passwords, and must not be able to cut the work of somebody who is signed in (threat 28).
    if facts.account_status == "locked" and facts.locked_until is None:
        return Answer(False, Reason.ACCOUNT_LOCKED)
    return Answer(False, Reason.WRONG_POPULATION) if facts.population not in (None, "provider") else None


def _membership(facts: Facts) -> Reason | None:
    # A pending account with an active membership is about to be activated by it: approval takes effect at once.
    status = facts.holding.status if facts.holding is not None else None
    if status == "active":
        return None
    if status == "suspended":
        return Reason.MEMBERSHIP_SUSPENDED
    waits = facts.waiting or (facts.account_status == "pending" and facts.holding is None)
    return Reason.REGISTRATION_PENDING if waits else Reason.NO_MEMBERSHIP


def _function(facts: Facts, holding: Holding, function: str, ends_at: datetime | None, now: datetime) -> Answer | None:
    if function in facts.restricted and not holding.contracted:
        return Answer(False, Reason.CONTRACTED_ONLY)
    if function not in holding.functions:
        return Answer(False, Reason.FUNCTION_NOT_GRANTED)
    if ends_at is not None and now >= ends_at:
        return Answer(False, Reason.GRANT_EXPIRED)
    return None


def _terms(due_at: datetime | None, ends_at: datetime | None, now: datetime) -> Answer | None:
    due = due_at is not None and now >= due_at
    return Answer(False, Reason.TERMS_NOT_ACCEPTED, valid_until=ends_at) if due else None


def _proved(facts: Facts, function: str, answer: Answer, now: datetime) -> Answer:
    """Withhold a permit until the sign-in is strong enough for the function, and let no permit outlast the sign-in."""
    if not answer.permitted:
        return answer
    over = facts.session_ends_at is not None and now >= facts.session_ends_at
    if over or (function in facts.sensitive and not satisfies(facts.acr, SENSITIVE_ACR)):
        return replace(answer, permitted=False, reason=Reason.STEP_UP_REQUIRED)
    if facts.session_ends_at is None:
        return answer
    return replace(answer, valid_until=earliest(answer.valid_until, facts.session_ends_at))


def _hours(openness: Openness | None, ends_at: datetime | None) -> Answer:
    if openness is None:
        return Answer(False, Reason.HOURS_UNKNOWN)
    until = earliest(openness.until, ends_at)
    if openness.open:
        return Answer(True, Reason.GRANTED, valid_until=until, stale=openness.stale)
    reason = Reason.MAINTENANCE if openness.reason == "maintenance" else Reason.FUNCTION_CLOSED
    closed = Answer(False, reason, valid_until=until, next_open=openness.next_open)
    return replace(closed, stale=openness.stale)
