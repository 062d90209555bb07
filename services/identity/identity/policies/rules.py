"""What may be decided about signing in, with the defaults of NIST SP 800-63B-4 and `domain.md` §5. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

PEOPLE = frozenset({"provider", "member", "employer"})  # every population but the payer's own staff
POPULATIONS = PEOPLE | {"staff"}


def _weights() -> dict[str, int]:
    return {
        "new_device": 30,
        "shared_computer": 30,
        "new_network": 30,
        "moved_device": 30,
        "contact_changed": 30,
        "failures": 30,
        "several_places": 30,
        "new_country": 60,
        "far_travel": 60,
        "carried_device": 60,
    }


@dataclass(frozen=True)
class Policies:
    """The suite's values. A field that differs from its default here is a deviation and carries a justification."""

    password_shortest: int = 15  # characters (code points) where the password can be the only factor; §3.1.1.2(1)
    password_shortest_with_factor: int = 8  # characters where a second factor is always asked for; §3.1.1.2(1)
    password_max_age_days: int | None = None  # days until it must be changed; None: never (§3.1.1.2(6))
    delay_failures: int = 5  # failures in a row before answers are delayed
    lock_failures: int = 10  # failures in a row before the account rests
    lock_minutes: int = 15  # how long it rests
    disable_failures: int = 100  # failures in a row that disable an authenticator (§3.2.2: at most 100)
    sms_populations: frozenset[str] = PEOPLE  # whose people may receive codes by text message
    sms_for_managers: bool = False  # whether people who manage access may, too
    email_factor_populations: frozenset[str] = frozenset()  # whose people may use e-mail codes; acr stays level 1
    remember_days: int = 30  # how long a remembered device lowers the risk
    quarantine_hours: int = 72  # while a changed contact point recovers nothing
    factor_hold_hours: int = 24  # while a factor bound by recovery approves nothing (B6)
    recovery_hold_hours: int = 24  # hours more where nobody else manages their organization (C6)
    risk_weights: dict[str, int] = field(default_factory=_weights)  # points of each signal (reason code)
    risk_verify: int = 60  # points from which a sign-in is verified: two lesser signs together, or one grave one
    risk_deny: int = 1000  # points from which it is refused: more than all signs together, so only by choice
    member_id_pattern: str = r"[A-Z]{3}\d{9}"  # what a member's card number looks like; matched whole (A9)


@dataclass(frozen=True)
class OrganizationPolicy:
    """What one organization is held to; None or nothing: as everybody. Levels are names of `acr` (OIDC Core §2)."""

    idle_minutes: int | None = None  # a sign-in for this organization ends after so long without use
    life_hours: int | None = None  # its longest life
    minimum_acr: str | None = None  # the least level for any token of this organization
    function_acr: dict[str, str] = field(default_factory=dict)  # function id to the least level for using it


DEFAULTS = Policies()
NO_POLICY = OrganizationPolicy()
NAMES = tuple(one.name for one in fields(Policies))


def with_values(stored: Mapping[str, object]) -> Policies:
    """Return the defaults with the stored values laid over them; names that nobody knows any more are left out.

    Signals without a stored weight keep their default one.
    """
    known: dict[str, Any] = {name: _typed(value) for name, value in stored.items() if name in NAMES}
    return replace(DEFAULTS, **known)


def plain(value: object) -> object:
    """Return a value as JSON has it: a set becomes a sorted list."""
    return sorted(value) if isinstance(value, frozenset) else value


def default_of(name: str) -> object:
    """Return the default of the policy `name` as JSON has it."""
    return plain(getattr(DEFAULTS, name))


def _typed(value: object) -> object:
    if isinstance(value, list):
        return frozenset(map(str, value))
    return {**DEFAULTS.risk_weights, **value} if isinstance(value, dict) else value
