"""Which event of ours is which event of others, and what it says. Pure (CAEP 1.0 §3, RISC 1.0 §2).

Only what really happened is said, and only as much as its receiver needs to act: no name, address, TIN or code.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from identity.mfa import assurance
from identity.signals import kinds
from identity.signals.telling import reasons
from shared.i18n import Message

# Levels are told as they stand in tokens (`acr`), so that an app compares them with what it has.
LEVELS = "urn:gatehouse:acr"
_REINSTATED = "reinstated"
_CHANGES = {"added": "create", "replaced": "update", "removed": "delete"}
# The values of CAEP 1.0 §3.3.1 where one fits. A passkey is told as the kind that most of them are: a receiver with a
# closed list of values would refuse a word of ours, and with it the whole event. The last two have no value there.
_CREDENTIALS = {
    "password": "password",
    "authenticator_app": "app",
    "passkey": "fido2-platform",
    "sms": "phone-sms",
    "email": "email",
    "recovery_set": "recovery-codes",
}

Data = Mapping[str, object]


@dataclass(frozen=True)
class Signal:
    """One thing to be told of one person, or of one session of theirs.

    `facts` are the members that this kind of event has of its own; `entity`: who brought it about ("user", "admin",
    "policy" or "system"), None where that is not known; `why` is said where there is a sentence for it.
    """

    kind: str
    account_id: str
    at: datetime
    session_id: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    entity: str | None = None
    why: Message | None = None


def of_event(kind: str, data: Data, at: datetime) -> Signal | None:
    """Return what an event of identity's own means to others; None for what they need not know. `at`: its instant."""
    made = _SIGNALS.get(kind)
    return made(data, at) if made else None


def of_functions(account_id: str, organization_id: str, functions: Iterable[str], at: datetime) -> Signal:
    """Return that a person's claims have changed: what they may do for the organization from now on, all of it."""
    claims = {"org": organization_id, "functions": sorted(functions)}
    why = reasons.FUNCTIONS_CHANGED
    return Signal(kinds.TOKEN_CLAIMS_CHANGE, account_id, at, facts={"claims": claims}, why=why)


def _session_ended(data: Data, at: datetime) -> Signal:
    entity, why = reasons.of_session(str(data["reason"]))
    session_id = str(data["session_id"])
    return Signal(kinds.SESSION_REVOKED, str(data["account_id"]), at, session_id, entity=entity, why=why)


def _session_assured(data: Data, at: datetime) -> Signal:
    now, before = str(data["acr"]), str(data["previous_acr"])
    facts = {
        "namespace": LEVELS,
        "current_level": now,
        "previous_level": before,
        "change_direction": "increase" if assurance.satisfies(now, before) else "decrease",
    }
    session_id, why = str(data["session_id"]), reasons.LEVEL_CHANGED
    return Signal(kinds.ASSURANCE_LEVEL_CHANGE, str(data["account_id"]), at, session_id, facts, "user", why)


def _credential_changed(data: Data, at: datetime) -> Signal:
    kind, change = str(data["kind"]), str(data["change"])
    facts = {"credential_type": _CREDENTIALS[kind], "change_type": _CHANGES[change]}
    why = reasons.CREDENTIAL_CHANGED[change]
    return Signal(kinds.CREDENTIAL_CHANGE, str(data["account_id"]), at, facts=facts, why=why)


def _account_locked(data: Data, at: datetime) -> Signal | None:
    """A rest after wrong passwords ends by itself and takes no access away: nobody is told of it."""
    if data.get("locked_until") is not None:
        return None
    return Signal(kinds.ACCOUNT_DISABLED, str(data["account_id"]), at)


def _account_unlocked(data: Data, at: datetime) -> Signal | None:
    """The end of such a rest is as little news as its beginning."""
    if data.get("reason") != _REINSTATED:
        return None
    return Signal(kinds.ACCOUNT_ENABLED, str(data["account_id"]), at)


def _account_closed(data: Data, at: datetime) -> Signal:
    """Not "purged" (RISC 1.0 §2.2): what is known of the person stays as long as the law wants it kept."""
    return Signal(kinds.ACCOUNT_DISABLED, str(data["account_id"]), at)


_SIGNALS: Mapping[str, Callable[[Data, datetime], Signal | None]] = {
    "session.ended": _session_ended,
    "session.assured": _session_assured,
    "credential.changed": _credential_changed,
    "account.locked": _account_locked,
    "account.unlocked": _account_unlocked,
    "account.closed": _account_closed,
}
