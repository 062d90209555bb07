"""What proves enough to get an account back, and which step comes next. Pure. The picture is flow.mermaid beside it.

SP 800-63B-4 §4.2.2.2: an account with two factors needs two codes that came by different ways, or one code and a
factor that is bound to the account, or to prove oneself anew (here: to the support desk). A new password never stands
in for a factor (ASVS 6.4.3), questions about a person prove nothing (ASVS 6.4.2), and staff who lost their factor
always go to the desk. The same rules hold whoever started the recovery, except that the desk has seen the person.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from identity.mfa.picker import APP, FACTORS, PASSKEY, RECOVERY_CODES, SMS


class Aim(StrEnum):
    """What the person wants back."""

    PASSWORD = "password"  # noqa: S105 - the name of an aim
    FACTOR = "factor"
    BOTH = "both"


class Starter(StrEnum):
    """Who began the recovery."""

    PERSON = "person"
    MANAGER = "manager"
    DESK = "desk"


class Proof(StrEnum):
    """What the person has shown. `EMAIL` and `SMS`: a code or link that came there; knowing the address is nothing."""

    PASSWORD = "password"  # noqa: S105 - the name of a proof
    EMAIL = "email"
    SMS = "sms"
    FACTOR = "factor"


class Outcome(StrEnum):
    """How a recovery ended. `CLOSED`: too many wrong codes, too late, or overtaken by another that succeeded."""

    DONE = "done"
    CLOSED = "closed"


class Step(StrEnum):
    """What to ask for next."""

    CODE = "code"
    PROVE = "prove"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step
    REMOVE = "remove"
    DESK = "desk"
    OVER = "over"
    DONE = "done"


CODES = frozenset({Proof.EMAIL, Proof.SMS})
# What is proved on the spot. A text message to the bound phone is a code, and counted as one.
ON_THE_SPOT = frozenset({APP, PASSKEY, RECOVERY_CODES})
_DESK_ONLY = frozenset({"staff"})


@dataclass(frozen=True)
class Facts:
    """What is known of a recovery. For a user ID that nobody has, all but `awaiting` stays empty.

    `bound`: kinds of the account's second factors, those included that guessing has disabled. `usable`: kinds of what
    can be proved now, recovery codes included. `reachable`: ways to its trusted addresses. `awaiting`: a code has been
    sent, or would have been, and was not typed yet.
    """

    aim: Aim
    starter: Starter = Starter.PERSON
    proofs: frozenset[Proof] = frozenset()
    bound: frozenset[str] = frozenset()
    usable: frozenset[str] = frozenset()
    reachable: frozenset[Proof] = frozenset()
    population: str = ""
    awaiting: bool = False
    outcome: Outcome | None = None


def next_step(facts: Facts) -> Step:
    """Return the step that is missing; decided from what was proved, never from where the browser came from."""
    if facts.outcome is not None:
        return Step.DONE if facts.outcome is Outcome.DONE else Step.OVER
    if satisfied(facts):
        return Step.REMOVE if facts.aim is Aim.FACTOR else Step.NEW_PASSWORD
    if facts.awaiting:
        return Step.CODE
    return Step.PROVE if within_reach(facts) else Step.DESK


def satisfied(facts: Facts) -> bool:
    """Return whether the proofs are enough for the aim."""
    codes = facts.proofs & CODES
    if not codes:
        return False
    if facts.starter is Starter.DESK:
        return True  # the desk has made sure of the person; the code or link makes sure of the address
    if facts.aim is not Aim.PASSWORD:
        return Proof.PASSWORD in facts.proofs and len(facts.proofs - {Proof.PASSWORD}) > 1
    return not strong(facts) or Proof.FACTOR in facts.proofs or (SMS in facts.usable and codes == CODES)


def within_reach(facts: Facts) -> bool:
    """Return whether the person could still prove enough here, without the desk."""
    if facts.aim is not Aim.PASSWORD and facts.starter is Starter.PERSON and facts.population in _DESK_ONLY:
        return False
    return satisfied(replace(facts, proofs=facts.proofs | ways(facts)))


def ways(facts: Facts) -> frozenset[Proof]:
    """Return the proofs that are open to the person and help: alone or with others, they make enough of too little."""
    on_the_spot = {Proof.FACTOR} if facts.usable & ON_THE_SPOT else set()
    left = (facts.reachable | on_the_spot) - facts.proofs
    return frozenset(way for way in left if _helps(facts, way, left - {way}))


def _helps(facts: Facts, way: Proof, others: frozenset[Proof]) -> bool:
    for count in range(len(others) + 1):
        for some in combinations(sorted(others), count):
            short = replace(facts, proofs=facts.proofs | set(some))
            if not satisfied(short) and satisfied(replace(short, proofs=short.proofs | {way})):
                return True
    return False


def strong(facts: Facts) -> bool:
    """Return whether the account has a second factor; one that guessing disabled must not open a way round it."""
    return bool(facts.bound & FACTORS)
