"""Why something happened, in a sentence for a log and for a person alike, and who brought it about. Pure (CAEP 1.0 §2).

The sentences name nobody. What staff write of a case stays here.
"""

from shared.i18n import Message, say

USER, ADMIN, POLICY, SYSTEM = "user", "admin", "policy", "system"

FUNCTIONS_CHANGED = say("What this person may do for an organization has changed.")
LEVEL_CHANGED = say("The person proved who they are in another way.")
CREDENTIAL_CHANGED = {
    "added": say("A way of signing in was added."),
    "replaced": say("A way of signing in was replaced."),
    "removed": say("A way of signing in was removed."),
}
_BY_ADMINISTRATOR = (ADMIN, say("An administrator ended the session."))
_OTHERWISE = (SYSTEM, say("The session is over."))
SESSION_ENDED: dict[str, tuple[str, Message]] = {
    "signed_out": (USER, say("The person signed out.")),
    "switched_person": (USER, say("Somebody else signed in with the same browser.")),
    "ended_by_owner": (USER, say("The person ended this session from another browser.")),
    "not_me": (USER, say("The person said that a sign-in was not theirs.")),
    "contact_undone": (USER, say("The person undid a change of their addresses.")),
    "credential_changed": (USER, say("The way of signing in was changed.")),
    "ended_by_operator": _BY_ADMINISTRATOR,
    "ended_by_administrator": _BY_ADMINISTRATOR,
    "account_suspended": (ADMIN, say("The account is on hold.")),
    "reset_required": (ADMIN, say("A new password is required.")),
    "timed_out": (POLICY, say("The session was not in use, or had reached its longest time.")),
    # Closed by its person or by staff: the end of the session itself is the platform's.
    "account_closed": (SYSTEM, say("The account is closed.")),
}


def of_session(reason: str) -> tuple[str, Message]:
    """Return who ended a session, as `initiating_entity`, and the sentence, for the `reason` of `session.ended`."""
    return SESSION_ENDED.get(reason, _OTHERWISE)
