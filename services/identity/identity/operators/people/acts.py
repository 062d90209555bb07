"""What staff may do to an account: which act fits the role, the state, and whose account it is. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from identity.operators.roles import Role
from shared.i18n import Message, say


class Act(StrEnum):
    """One act; the value is its address and its name on the command line."""

    UNLOCK = "unlock"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    CLOSE = "close"
    REQUIRE_RESET = "require-reset"
    END_SESSIONS = "end-sessions"
    RECOVER = "recover"


@dataclass(frozen=True)
class Words:
    """How an act reads. `grave`: it takes something away and asks on a page of its own."""

    title: Message
    meaning: Message
    button: Message
    done: Message
    grave: bool = False


@dataclass(frozen=True)
class Standing:
    """Of an account, what decides. `own`: it is the account of whoever acts."""

    status: str
    population: str
    resting: bool
    reset_required: bool
    own: bool


WORDS: dict[Act, Words] = {
    Act.UNLOCK: Words(
        say("End the pause"),
        say("Signing in is paused after wrong passwords. Ending the pause lets the person try again now."),
        say("End the pause now"),
        say("The account can be used to sign in again."),
    ),
    Act.SUSPEND: Words(
        say("Suspend the account"),
        say("Its person is signed out everywhere and cannot sign in. They see a support code, and no reason."),
        say("Suspend the account now"),
        say("The account is suspended, and its sessions have ended."),
        grave=True,
    ),
    Act.REINSTATE: Words(
        say("Reinstate the account"),
        say("The account goes back to where it stood before it was suspended."),
        say("Reinstate the account now"),
        say("The account stands where it stood before."),
    ),
    Act.CLOSE: Words(
        say("Close the account"),
        say("Closing is for good. Its person is signed out everywhere, and its user ID is never given again."),
        say("Close the account for good"),
        say("The account is closed, and its sessions have ended."),
        grave=True,
    ),
    Act.REQUIRE_RESET: Words(
        say("Require a new password"),
        say(
            "Somebody else may know the password. Its person is signed out everywhere and chooses a new one at the "
            "next sign-in."
        ),
        say("Require a new password now"),
        say("A new password is required, and the sessions have ended."),
        grave=True,
    ),
    Act.END_SESSIONS: Words(
        say("End all sessions"),
        say("Its person is signed out everywhere and may sign in again at once."),
        say("End all sessions now"),
        say("The sessions have ended."),
        grave=True,
    ),
    Act.RECOVER: Words(
        say("Start a recovery"),
        say(
            "The person proves who they are on the phone. What they need goes to their own proved address, never to "
            "you."
        ),
        say("Start the recovery"),
        say("The recovery has begun. The person was told at every address of theirs."),
    ),
}

_FITS: dict[Act, frozenset[str]] = {
    Act.UNLOCK: frozenset({"pending", "active"}),
    Act.SUSPEND: frozenset({"pending", "active"}),
    Act.REINSTATE: frozenset({"suspended"}),
    Act.CLOSE: frozenset({"invited", "pending", "active", "suspended"}),
    Act.REQUIRE_RESET: frozenset({"pending", "active", "suspended"}),
    Act.END_SESSIONS: frozenset({"pending", "active", "suspended"}),
    Act.RECOVER: frozenset({"pending", "active"}),
}
_OF_THE_DESK = frozenset({Act.UNLOCK, Act.RECOVER})


def refusal(act: Act, role: str | None, standing: Standing) -> Message | None:
    """Return why this act may not happen, or None. `role` None: the command line or a program, which holds all acts."""
    if standing.own:
        return say("Nobody does this to their own account. Ask another operator.")
    if role not in (None, Role.OPERATOR) and not _within_the_desk(act, role, standing):
        return say("An operator does this.")
    if standing.status not in _FITS[act]:
        return say("The account is not in a state for this.")
    if act is Act.UNLOCK and not standing.resting:
        return say("Signing in is not paused.")
    if act is Act.REQUIRE_RESET and standing.reset_required:
        return say("A new password is required already.")
    return None


def offered(role: str, standing: Standing) -> list[Act]:
    """Return the acts that whoever looks may do now, in the order of the page."""
    return [act for act in Act if refusal(act, role, standing) is None]


def _within_the_desk(act: Act, role: str | None, standing: Standing) -> bool:
    """The desk helps people outside; who could recover an operator's account would be one (threat 36)."""
    return role == Role.DESK and act in _OF_THE_DESK and standing.population != "staff"
