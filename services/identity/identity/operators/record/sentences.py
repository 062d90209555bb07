"""An audit entry in plain words. Pure; an act nobody has words for is named as it is."""

from collections.abc import Mapping
from typing import Any

from identity.operators.record.reading import Entry
from identity.risk import reasons
from shared.i18n import Message, Translations, say

ACTS: dict[str, Message] = {
    "account.activated": say("The account became active"),
    "account.closed": say("The account was closed"),
    "account.language_chosen": say("A language was chosen"),
    "account.invited": say("The account was opened for its person"),
    "account.locked": say("Signing in was paused after wrong passwords"),
    "account.looked_up": say("Staff looked the account up"),
    "account.opened": say("The person took the account"),
    "account.reinstated": say("The account was reinstated"),
    "account.renewed": say("The invitation was renewed"),
    "account.reset_done": say("The required password was chosen"),
    "account.reset_required": say("A new password was required"),
    "account.suspended": say("The account was suspended"),
    "account.unlocked": say("The pause ended"),
    "app.allowed": say("A person allowed an app to know them"),
    "app.disconnected": say("An app was disconnected by its person"),
    "device.answered": say("A person said whether a device may use their account"),
    "token.exchanged": say("A token was given for acting in a person's name"),
    "app_sign_out.given_up": say("An app could not be told that its person signed out"),
    "app_sign_out.told": say("An app was told that its person signed out"),
    "audit.exported": say("The audit was exported"),
    "client.changed": say("A client was changed"),
    "client.disabled": say("A client was switched off"),
    "client.enabled": say("A client was switched on"),
    "client.ensured": say("A client was registered or changed"),
    "client.old_secret_ended": say("The former secret of a client was ended"),
    "client.registered_itself": say("An app registered itself"),
    "client.secret_rotated": say("A client got a new secret"),
    "code.sent": say("A code was sent"),
    "contact.added": say("A contact point was added"),
    "contact.asked": say("A contact point was entered"),
    "contact.changed": say("A contact point was changed"),
    "contact.confirmed": say("A contact point was confirmed"),
    "contact.made_main": say("Another contact point became the main one"),
    "contact.removed": say("A contact point was removed"),
    "contact.undone": say("A change of a contact point was undone"),
    "credential.changed": say("A means of signing in was changed"),
    "credential.disabled": say("A means of signing in was switched off"),
    "credential.renamed": say("A means of signing in was renamed"),
    "device.added": say("A device was used for the first time"),
    "device.forgotten": say("A device was forgotten"),
    "device.remembered": say("A device was remembered"),
    "factors.removed": say("All second factors were removed"),
    "grant.revoked": say("An app lost its access"),
    "key.made": say("A signing key was made"),
    "keys.rotated": say("The signing keys were rotated"),
    "notice.bounced": say("A message came back undelivered"),
    "passkey.refused": say("A passkey was refused"),
    "password_change.refused": say("A wrong password was typed to choose a new one"),
    "policy.changed": say("A policy was changed"),
    "recovery.completed": say("A recovery was completed"),
    "recovery.proved": say("A step of a recovery was proved"),
    "recovery.refused": say("A recovery was refused"),
    "recovery.reminded": say("The user ID was sent to its person"),
    "recovery.started": say("A recovery was started"),
    "recovery_code.used": say("A recovery code was used"),
    "registration.allowed": say("Somebody was allowed to register an app"),
    "registration.withdrawn": say("Nobody may register with a token any more"),
    "second_factor.disabled": say("A second factor was switched off"),
    "second_factor.refused": say("A wrong code was typed"),
    "session.ended": say("Signed out"),
    "session.organization_chosen": say("An organization was chosen to work for"),
    "session.settled": say("Sign-in was finished"),
    "session.started": say("Signed in"),
    "sessions.ended": say("All sessions were ended"),
    "signal_stream.changed": say("A stream of shared signals was changed"),
    "signal_stream.created": say("A stream of shared signals was made"),
    "signal_stream.deleted": say("A stream of shared signals was deleted"),
    "signal_stream.subject": say("A receiver of shared signals named a person"),
    "signal_stream.turned": say("A stream of shared signals was turned on, held or turned off"),
    "sign_in.disowned": say("The person said that a sign-in was not theirs"),
    "sign_in.judged": say("A sign-in was judged"),
    "sign_in.refused": say("A wrong password was typed"),
    "sign_in.verified": say("A sign-in was verified"),
    "terms.accepted": say("The terms of use were accepted"),
    "terms.published": say("New terms of use were published"),
    "token.revoked": say("A token was revoked"),
}
_REASON, _BY, _CHANGE = say("Reason: %(reason)s"), say("By %(actor)s"), say("From %(before)s to %(after)s")


def told(words: Translations, entry: Entry, names: Mapping[str, str]) -> tuple[str, str]:
    """Return (what happened, by whom and why) in the reader's language; `names`: of accounts by id."""
    happened = words.render(ACTS.get(entry.action, say(entry.action)))
    actor = names.get(entry.actor, entry.actor)
    parts = [words.gettext(_BY.key, actor=actor)]
    if entry.before is not None and entry.after is not None:
        parts.append(words.gettext(_CHANGE.key, before=_shown(entry.before), after=_shown(entry.after)))
    elif entry.after is not None:
        parts.append(_shown(entry.after))
    parts += [words.render(sentence).removesuffix(".") for sentence in reasons.sentences(_codes(entry.after))]
    if entry.reason:
        parts.append(words.gettext(_REASON.key, reason=entry.reason))
    return happened, ". ".join(parts)


def _codes(after: Any) -> list[str]:
    """The codes of what was noticed at a sign-in; their sentences are the person's and the desk's too (D4)."""
    found = after.get("reasons") if isinstance(after, dict) else None
    return [str(code) for code in found] if isinstance(found, list) else []


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items()) or "–"
    if isinstance(value, list):
        return " ".join(_shown(inner) for inner in value)
    return "–" if value is None else str(value)
