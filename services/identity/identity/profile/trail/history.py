"""What happened to an account, in plain sentences: sign-ins with what was noticed, and every change. Pure.

The person, and the desk for them, read these words; the auditor reads the codes they stand for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from identity.risk.reasons import sentences
from shared.i18n import Message, say


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `title` and `reasons` are sentences; `label`, `place` and `source` tell of a browser."""

    at: datetime
    title: Message
    label: str | None = None
    place: str | None = None
    source: str | None = None
    reasons: tuple[Message, ...] = ()
    by_another: bool = False


SIGN_INS: dict[tuple[str, str], Message] = {
    ("signed_in", "allow"): say("Signed in"),
    ("signed_in", "verify"): say("Right password, but the check that followed was not finished"),
    ("verified", "verify"): say("Signed in, after a check"),
    ("verified", "allow"): say("Signed in, with a second step"),
    ("signed_in", "disowned"): say("Signed in, and you said that it was not you"),
    ("verified", "disowned"): say("Signed in, and you said that it was not you"),
    ("refused", "allow"): say("Wrong password"),
    ("denied", "deny"): say("Right password, but the sign-in was refused"),
}
_TRIED = say("Tried to sign in")

_KINDS: dict[str, tuple[Message, Message]] = {
    "password": (say("Password changed"), say("Password removed")),
    "passkey": (say("Passkey added"), say("Passkey removed")),
    "authenticator_app": (say("Authenticator app added"), say("Authenticator app removed")),
    "sms": (say("Codes by text message added"), say("Codes by text message removed")),
    "email": (say("Codes by e-mail added"), say("Codes by e-mail removed")),
    "recovery_set": (say("New recovery codes made"), say("Recovery codes removed")),
    "recovery_codes": (say("New recovery codes made"), say("Recovery codes removed")),
}

ACTS: dict[str, Message] = {
    "account.opened": say("Account opened"),
    "account.activated": say("Account activated"),
    "account.locked": say("Signing in paused after failed attempts"),
    "account.unlocked": say("Account usable again"),
    "account.suspended": say("Account put on hold"),
    "account.reinstated": say("Account no longer on hold"),
    "account.reset_required": say("A new password was demanded"),
    "account.reset_done": say("The demanded new password was chosen"),
    "account.language_chosen": say("Language chosen"),
    "app.allowed": say("App allowed"),
    "app.disconnected": say("App disconnected"),
    "device.answered": say("Device connected or refused"),
    "token.exchanged": say("Somebody acted for you"),
    "credential.renamed": say("Sign-in method renamed"),
    "credential.disabled": say("Sign-in method switched off, because a copy of it was used"),
    "factors.removed": say("All second steps removed"),
    "password_change.refused": say("Wrong present password when choosing a new one"),
    "recovery_code.used": say("Recovery code used"),
    "second_factor.disabled": say("Second step switched off after too many wrong codes"),
    "second_factor.refused": say("Wrong code in the second step"),
    "passkey.refused": say("A passkey was not accepted"),
    "sign_in.disowned": say("You told us that a sign-in was not yours"),
    "device.remembered": say("Browser remembered"),
    "device.forgotten": say("Browser forgotten"),
    "session.ended": say("Signed out"),
    "contact.asked": say("Contact point entered, waiting for its code"),
    "contact.added": say("Contact point added"),
    "contact.confirmed": say("Contact point confirmed"),
    "contact.made_main": say("Main contact point changed"),
    "contact.removed": say("Contact point removed"),
    "contact.undone": say("Change of a contact point undone"),
    "recovery.started": say("Help with signing in asked for"),
    "recovery.proved": say("A proof for getting back in was accepted"),
    "recovery.refused": say("A proof for getting back in was not accepted"),
    "recovery.completed": say("Got back in by recovery"),
    "terms.accepted": say("Terms of use accepted"),
}
_ENDS: dict[str, Message] = {
    "timed_out": say("Sign-in ended after time without use"),
    "ended_by_owner": say("Signed out from the list of devices"),
    "switched_person": say("Signed out, because somebody else signed in there"),
    "not_me": say("Signed out, because you told us that a sign-in was not yours"),
}
ACTIONS = (*ACTS, "credential.changed")


def sign_in(
    at: datetime,
    outcome: str,
    verdict: str,
    codes: tuple[str, ...],
    browser: tuple[str, str | None, str],
) -> Entry:
    """Return the entry of an attempt to sign in; `browser` is (label, place or None, address)."""
    label, place, source = browser
    title = SIGN_INS.get((outcome, verdict), _TRIED)
    return Entry(at, title, label, place, source, tuple(sentences(codes)))


def act(
    at: datetime, action: str, after: Mapping[str, object] | None, reason: str | None, *, by_another: bool
) -> Entry | None:
    """Return the entry of something the audit holds, or None for what is nobody's business but the auditor's."""
    title = _ENDS.get(reason or "", ACTS[action]) if action == "session.ended" else ACTS.get(action)
    if action == "credential.changed":
        title = _changed(after or {})
    return Entry(at, title, by_another=by_another) if title else None


def _changed(after: Mapping[str, object]) -> Message | None:
    pair = _KINDS.get(str(after.get("kind")))
    if pair is None:
        return None
    return pair[1] if after.get("change") == "removed" else pair[0]
