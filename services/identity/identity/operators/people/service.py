"""What staff do to accounts: one door for page, API and command line, so that each act means the same everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.accounts.models import Account
from identity.contacts import service as contacts
from identity.devices import service as devices
from identity.operators.people import letters
from identity.operators.people.acts import WORDS, Act, Standing, refusal
from identity.sessions import service as sessions
from identity.throttle.throttle import Throttle
from shared.i18n import Message, say
from shared.service import Work

AIMS = ("password", "factor", "both")  # what a recovery can give back
SUSPENDED, CLOSED, RESET, ENDED = "account_suspended", "account_closed", "reset_required", "ended_by_operator"


@dataclass(frozen=True)
class Recoveries:
    """How a recovery is begun: (work, account id, evidence, aim) to what came of it. Handed in by `app`.

    What comes back has `masked` (the link is on its way there), or `until` (not before then), or neither: nobody can
    be reached.
    """

    start: Callable[[Work, str, str, str], object]


@dataclass(frozen=True)
class Done:
    """The act happened. `masked`: where a link went, for a recovery."""

    message: Message
    masked: str | None = None


@dataclass(frozen=True)
class Refused:
    """Nothing happened."""

    why: Message


def standing(account: Account, now: datetime, actor_id: str | None) -> Standing:
    """Return what decides which acts fit the account; `actor_id`: who looks, None for programs and the command line."""
    resting = account.rests_until is not None and account.rests_until > now
    required = account.reset_required_at is not None
    return Standing(account.status, account.population, resting, required, own=account.id == actor_id)


def perform(
    work: Work, act: Act, account: Account, reason: str, *, role: str | None = None, aim: str = AIMS[0]
) -> Done | Refused:
    """Do the act to the account, with the words of whoever does it in the audit; everything in one transaction.

    `role`: of the person who acts, None for programs and the command line. `aim`: of a recovery, one of `AIMS`.
    """
    actor_id = work.actor.id if work.actor.kind == "person" else None
    why = refusal(act, role, standing(account, work.now, actor_id))
    if why is not None:
        return Refused(why)
    if act is Act.RECOVER:
        return _recover(work, account.id, reason, aim)
    if not _DOING[act](work, account, reason):
        return Refused(say("The account has changed meanwhile. Look at it again."))
    _tell(work, act, account.id)
    return Done(WORDS[act].done)


def _tell(work: Work, act: Act, account_id: str) -> None:
    """Write to every address of the person what was done, without the reason (ASVS 6.3.7)."""
    letter = letters.of_act(act, work.now)
    if letter is not None:
        contacts.tell_everywhere(work, account_id, letter, key=f"{act}:{account_id}:{work.now.isoformat()}")


def _unlock(work: Work, account: Account, reason: str) -> bool:
    throttle = work.context.part(Throttle)
    known = [device.id for device in devices.listing(work.session, account.id)]
    throttle.clear("password", canonical(account.user_id or ""), known)
    throttle.clear("code", account.id, known)
    return accounts.unlock(work, account.id, reason)


def _suspend(work: Work, account: Account, reason: str) -> bool:
    held = accounts.suspend(work, account.id, reason)
    if held:
        sessions.end_all(work, account.id, SUSPENDED)
    return held


def _reinstate(work: Work, account: Account, reason: str) -> bool:
    return accounts.reinstate(work, account.id, reason)


def _close(work: Work, account: Account, reason: str) -> bool:
    closed = accounts.close(work, account.id, reason)
    if closed:
        sessions.end_all(work, account.id, CLOSED)
        devices.forget_all(work, account.id)
    return closed


def _require_reset(work: Work, account: Account, reason: str) -> bool:
    accounts.require_reset(work, account.id, reason)
    sessions.end_all(work, account.id, RESET)
    return True


def _end_sessions(work: Work, account: Account, reason: str) -> bool:
    ended = sessions.end_all(work, account.id, ENDED)
    work.audit("sessions.ended", target=account.id, after={"sessions": ended}, reason=reason)
    return True


def _recover(work: Work, account_id: str, evidence: str, aim: str) -> Done | Refused:
    # The types of what comes back belong to a room beside this one; only their common names are known here.
    came = work.context.part(Recoveries).start(work, account_id, evidence, aim)
    masked, until = getattr(came, "masked", None), getattr(came, "until", None)
    if masked is not None:
        return Done(WORDS[Act.RECOVER].done, masked)
    if until is not None:
        return Refused(say("Several recoveries were begun a short time ago. Try again later."))
    return Refused(say("The account has no proved address that may be used. Suspend it, and vet its person anew."))


_DOING: dict[Act, Callable[[Work, Account, str], bool]] = {
    Act.UNLOCK: _unlock,
    Act.SUSPEND: _suspend,
    Act.REINSTATE: _reinstate,
    Act.CLOSE: _close,
    Act.REQUIRE_RESET: _require_reset,
    Act.END_SESSIONS: _end_sessions,
}
