"""What each policy may be, what it is called and what it means. Pure.

A bound never lets a policy be weaker than the standard allows (SP 800-63B-4), and none can raise a level of assurance:
levels come from the methods used, in one place (`mfa.assurance`), which reads no policy.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from identity.policies.rules import DEFAULTS, PEOPLE, POPULATIONS, OrganizationPolicy, default_of, plain
from shared.i18n import say

SHORTEST_JUSTIFICATION = 20
LONGEST_JUSTIFICATION = 1000
LEVELS = ("urn:gatehouse:acr:2", "phr")  # what an organization may demand; level 1 is what everybody reaches anyway
_FUNCTION = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)+")
# Classes, digits and counts only: nothing that a crafted user ID could make slow (threat 57).
_PATTERN = re.compile(r"(?:(?:\\d|[A-Za-z0-9-]|\[[A-Za-z0-9-]+\])(?:\{\d{1,2}\})?)+")


@dataclass(frozen=True)
class Number:
    """A whole number; `optional`: may also be None, which means never."""

    low: int
    high: int
    optional: bool = False

    def fault(self, value: object) -> str | None:
        """Return what stands against the value, or None."""
        if value is None and self.optional:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return None
        return say("Use a whole number from %(low)s to %(high)s", low=self.low, high=self.high)


POINTS = Number(0, 200)  # of one sign of risk


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def fault(self, value: object) -> str | None:
        """Return what stands against the value, or None."""
        return None if isinstance(value, bool) else say("Choose yes or no")


@dataclass(frozen=True)
class Some:
    """Any of the options, each once."""

    options: Collection[str]

    def fault(self, value: object) -> str | None:
        """Return what stands against the value, or None."""
        fits = isinstance(value, list | frozenset) and set(map(str, value)) <= set(self.options)
        return None if fits else say("Choose from: %(options)s", options=", ".join(sorted(self.options)))


@dataclass(frozen=True)
class Weights:
    """Points for each of the named signals, 0 to 200."""

    names: Collection[str]

    def fault(self, value: object) -> str | None:
        """Return what stands against the value, or None."""
        if not isinstance(value, Mapping) or set(value) != set(self.names):
            return say("Give points for each of: %(names)s", names=", ".join(self.names))
        return next((fault for points in value.values() if (fault := POINTS.fault(points))), None)


@dataclass(frozen=True)
class Pattern:
    """A regular expression of letters, digits, classes and counts."""

    def fault(self, value: object) -> str | None:
        """Return what stands against the value, or None."""
        readable = isinstance(value, str) and len(value) <= 60 and _PATTERN.fullmatch(value) and _compiles(value)
        if readable and ("[" in str(value) or "\\d" in str(value)):  # a bare number would be somebody's own
            return None
        return say("Write letters, digits, classes in brackets and counts in braces, for example [A-Z]{3}[0-9]{9}")


Kind = Number | Flag | Some | Weights | Pattern


@dataclass(frozen=True)
class Bound:
    """One policy as people see it."""

    title: str
    meaning: str
    kind: Kind


BOUNDS: dict[str, Bound] = {
    "password_shortest": Bound(
        say("Shortest password alone"), say("Characters, where the password can be the only factor."), Number(15, 64)
    ),
    "password_shortest_with_factor": Bound(
        say("Shortest password with a second factor"),
        say("Characters, where a second factor is always asked for."),
        Number(8, 64),
    ),
    "password_max_age_days": Bound(
        say("Passwords expire after"),
        say("Days; nothing means never. Forced changes make passwords weaker."),
        Number(30, 3650, optional=True),
    ),
    "delay_failures": Bound(
        say("Answers slow down after"), say("Wrong passwords or codes in a row."), Number(3, 10)
    ),
    "lock_failures": Bound(
        say("Signing in is paused after"), say("Wrong passwords or codes in a row."), Number(6, 100)
    ),
    "lock_minutes": Bound(
        say("Signing in is paused for"), say("Minutes; then everything works as before."), Number(15, 30)
    ),
    "disable_failures": Bound(
        say("A sign-in method is switched off after"), say("Wrong codes in a row, over any time."), Number(10, 100)
    ),
    "sms_populations": Bound(
        say("Codes by text message"),
        say("Whose people may use them. Text messages can be intercepted; another method is always offered."),
        Some(POPULATIONS),
    ),
    "sms_for_managers": Bound(
        say("Codes by text message for access managers"),
        say("Whether people who manage access may use them."),
        Flag(),
    ),
    "email_factor_populations": Bound(
        say("Codes by e-mail as a second step"),
        say("Whose people may use them. They never count as a second factor, and never for managers or staff."),
        Some(PEOPLE),
    ),
    "remember_days": Bound(
        say("Devices are remembered for"),
        say("Days. A remembered device lowers the risk, nothing else."),
        Number(1, 90),
    ),
    "quarantine_hours": Bound(
        say("A changed contact point waits"), say("Hours until it can be used to recover the account."), Number(24, 336)
    ),
    "factor_hold_hours": Bound(
        say("A re-bound sign-in method waits"),
        say("Hours until it can approve access or change contact points."),
        Number(1, 168),
    ),
    "recovery_hold_hours": Bound(
        say("A sole access manager waits longer"),
        say("Hours more after a recovery, where nobody else manages the organization."),
        Number(1, 168),
    ),
    "risk_weights": Bound(
        say("Points of each sign of risk"),
        say("They are added up at each sign-in."),
        Weights(tuple(DEFAULTS.risk_weights)),
    ),
    "risk_verify": Bound(say("A sign-in is verified from"), say("Points."), Number(1, 1000)),
    "risk_deny": Bound(say("A sign-in is refused from"), say("Points."), Number(1, 1000)),
    "member_id_pattern": Bound(
        say("What a member's card number looks like"),
        say("Who types one here is told that this is another portal."),
        Pattern(),
    ),
}  # fmt: skip


def fault(name: str, value: object) -> str | None:
    """Return what stands against `value` for the policy `name`, or None."""
    bound = BOUNDS.get(name)
    return bound.kind.fault(value) if bound else say("There is no policy of this name")


def unjustified(text: str) -> str | None:
    """Return what stands against a justification, or None."""
    if len(text.strip()) < SHORTEST_JUSTIFICATION:
        return say("Write why, in at least %(n)s characters", n=SHORTEST_JUSTIFICATION)
    return say("Write why more briefly") if len(text.strip()) > LONGEST_JUSTIFICATION else None


def departs(name: str, value: object) -> bool:
    """Return whether the value differs from the default of the policy."""
    return stored(value) != default_of(name)


def stored(value: object) -> object:
    """Return the one form in which a value of the policy is kept: sets sorted, each member once."""
    chosen = frozenset(map(str, value)) if isinstance(value, list | frozenset) else value
    return plain(chosen)


def organization_faults(policy: OrganizationPolicy) -> dict[str, str]:
    """Return what stands against an organization's values, by field; nothing for good ones."""
    found = {
        "idle_minutes": Number(5, 60, optional=True).fault(policy.idle_minutes),
        "life_hours": Number(1, 24, optional=True).fault(policy.life_hours),
        "minimum_acr": None if policy.minimum_acr in (None, *LEVELS) else _level(),
        "function_acr": next((bad for pair in policy.function_acr.items() if (bad := _function_fault(*pair))), None),
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def organization_departures(policy: OrganizationPolicy) -> dict[str, object]:
    """Return the fields of the policy that are set, by name, as JSON has them."""
    return {name: value for name, value in asdict(policy).items() if value not in (None, {})}


def _function_fault(function: str, level: str) -> str | None:
    if not _FUNCTION.fullmatch(function) or len(function) > 64:
        return say("Name functions as the catalogue does, for example payment.manage")
    return None if level in LEVELS else _level()


def _level() -> str:
    return say("Choose one of the levels: %(levels)s", levels=", ".join(LEVELS))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
