"""Ways of proving it is you: their order, who may use which, which are offered. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.policies.rules import Policies

PASSKEY = "passkey"
APP = "authenticator_app"
SMS = "sms"
EMAIL = "email"
RECOVERY_CODES = "recovery_codes"

STRONGEST_FIRST = (PASSKEY, APP, SMS, EMAIL, RECOVERY_CODES)
SENT = frozenset({SMS, EMAIL})  # we send the code
# What two factors can be made of. Codes by e-mail prove an address, not a thing somebody has (SP 800-63B-4 §3.1.3.1);
# recovery codes are for the day on which the factor is lost.
FACTORS = frozenset({PASSKEY, APP, SMS})
_REMIND_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Method:
    """One way of proving it is you, as its owner and the desk see it.

    `name`: what its owner calls it, for codes that are sent the masked address; `usable`: False once it is disabled or
    its contact is gone; `remaining`: unused recovery codes; `holds_until`: until then it may not approve anything (B6).
    """

    id: str
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None = None
    usable: bool = True
    remaining: int | None = None
    holds_until: datetime | None = None
    contact_id: str | None = None


def in_order(methods: Iterable[Method]) -> list[Method]:
    """Return the strongest first, of one kind the one used last first."""
    used = sorted(methods, key=lambda method: method.used_at or method.added_at, reverse=True)
    return sorted(used, key=lambda method: STRONGEST_FIRST.index(method.kind))


def allowed(policies: Policies, population: str, *, manages: bool) -> frozenset[str]:
    """Return the kinds that such a person may use: codes by text message and e-mail are a matter of policy."""
    kinds = {PASSKEY, APP, RECOVERY_CODES}
    if population in policies.sms_populations and (policies.sms_for_managers or not manages):
        kinds.add(SMS)
    if population in policies.email_factor_populations and population != "staff" and not manages:
        kinds.add(EMAIL)  # never for managers or staff, whatever the policy says (domain §5)
    return frozenset(kinds)


def offered(
    methods: Sequence[Method], kinds: Collection[str], *, weak_too: bool = False, strongest_only: bool = False
) -> list[Method]:
    """Return what may be used now, strongest first.

    `weak_too`: a code by e-mail is enough, because no level must be reached. `strongest_only`: nothing but a passkey
    will do, where there is one. Somebody whose only factor is of a kind that policy has since withdrawn may still use
    it: shut out, they could not set up a better one.
    """
    usable = [method for method in in_order(methods) if method.usable and (weak_too or method.kind != EMAIL)]
    passkeys = [method for method in usable if method.kind == PASSKEY]
    if strongest_only and passkeys:
        return passkeys
    good = [method for method in usable if method.kind in kinds]
    return good if any(method.kind in FACTORS for method in good) else usable


def is_last(methods: Sequence[Method], method_id: str) -> bool:
    """Return whether the account would have no second factor that works without this one."""
    others = [method for method in methods if method.id != method_id and method.usable and method.kind in FACTORS]
    return not others and any(method.id == method_id and method.kind in FACTORS for method in methods)


def nudge_due(methods: Sequence[Method], nudged_at: datetime | None, now: datetime) -> bool:
    """Return whether to suggest a second way now: somebody with one factor only would be shut out without it."""
    ways = [method for method in methods if method.usable and method.kind in FACTORS | {RECOVERY_CODES}]
    one_only = len(ways) == 1 and ways[0].kind in FACTORS
    return one_only and (nudged_at is None or now - nudged_at >= _REMIND_AFTER)
