"""The step up to a stronger or fresher sign-in, as an API asks for it (RFC 9470). Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.auth.acr import satisfies
from shared.auth.verifier import Caller
from shared.errors import Problem, forbidden, unauthorized
from shared.i18n import say

# Identity writes whole seconds, and clocks of two services differ a little.
_LEEWAY = timedelta(seconds=5)
HELD = say(
    "Your way of signing in was set up after a recovery. For your protection it cannot do this until the hold is over."
)


@dataclass(frozen=True)
class Demands:
    """What a person's sign-in must be: at least `acr`, at most `max_age` ago, and `unheld` after a recovery."""

    acr: str | None = None
    max_age: timedelta | None = None
    unheld: bool = False


def insist(caller: Caller, demands: Demands, now: datetime) -> None:
    """Raise the 401 challenge where the sign-in is too weak or too old, the 403 Problem where it is held back.

    A token that does not say when or how its person signed in counts as too old and too weak.
    """
    weak = demands.acr is not None and not satisfies(caller.acr or "", demands.acr)
    if weak or _too_old(caller.claims.get("auth_time"), demands.max_age, now):
        raise _challenge(demands, "Bearer" if caller.jkt is None else "DPoP")
    if demands.unheld:
        refuse_held(held_until(caller.claims.get("restricted_until")), now)


def held_until(claim: object) -> datetime | None:
    """Return the instant that the claim `restricted_until` (NumericDate) names, or None where it names none."""
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) else None


def refuse_held(until: datetime | None, now: datetime) -> None:
    """Raise the 403 Problem while a way of signing in that was bound after a recovery is held back (B6)."""
    if until is not None and now < until:
        raise forbidden("sign-in-held", HELD, held_until=until.isoformat().replace("+00:00", "Z"))


def _too_old(auth_time: object, max_age: timedelta | None, now: datetime) -> bool:
    if max_age is None:
        return False
    return not isinstance(auth_time, int) or now.timestamp() - auth_time > (max_age + _LEEWAY).total_seconds()


def _challenge(demands: Demands, scheme: str) -> Problem:
    """401 `insufficient_user_authentication` with what to ask the authorization endpoint for (RFC 9470 §3)."""
    parts = [
        'error="insufficient_user_authentication"',
        'error_description="A stronger or more recent sign-in is needed"',
        *([f'acr_values="{demands.acr}"'] if demands.acr else []),
        *([f'max_age="{int(demands.max_age.total_seconds())}"'] if demands.max_age is not None else []),
    ]
    refusal = unauthorized(
        "step-up-required",
        "The person must sign in more strongly, or again: send them with the acr_values and max_age given here.",
        f"{scheme} " + ", ".join(parts),
    )
    refusal.members |= {"acr_values": demands.acr} if demands.acr else {}
    refusal.members |= {"max_age": int(demands.max_age.total_seconds())} if demands.max_age is not None else {}
    return refusal
