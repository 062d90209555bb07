"""What happens at sign-in. The check of a password runs between two transactions, because a hash takes longer than a
lock may be held; everything it finds out is then written by one of the use cases below."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session as DatabaseSession

from identity.accounts import service as accounts
from identity.accounts.canonical import LONGEST, canonical
from identity.accounts.states import Status, may_sign_in
from identity.entitlements import service as entitlements
from identity.login.flow import Demand, Standing
from identity.mfa import assurance
from identity.mfa import service as mfa
from identity.passwords import service as passwords
from identity.passwords.hasher import Hasher
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.sessions.ticket import Ticket
from identity.throttle.throttle import Throttle
from shared.service import Context, Work

_LONGEST_TYPED = 4 * LONGEST


@dataclass(frozen=True)
class Recognized:
    """The password fits. `new_hash` is set where the stored one was made with weaker parameters."""

    account_id: str
    population: str
    old_hash: str
    new_hash: str | None


@dataclass(frozen=True)
class Refused:
    """Unknown name or wrong password, told alike. `rests_until`: this failure began a rest of the name."""

    account_id: str | None
    rests_until: datetime | None


@dataclass(frozen=True)
class Waiting:
    """Nothing was checked: the name or the source must wait."""

    until: datetime


def check_password(place: Context, user_id: str, password: str, source: str) -> Recognized | Refused | Waiting:
    """Find out whether the password fits; the same work is done for names that nobody has. Writes no row."""
    throttle, name = place.part(Throttle), canonical(user_id[:_LONGEST_TYPED])
    waiting = throttle.try_once("password", name, source)
    if waiting is not None:
        return Waiting(waiting)
    account_id, population, stored = _look_up(place, user_id)
    hasher = place.part(Hasher)
    if not hasher.verify(stored, password) or account_id is None or stored is None:
        return Refused(account_id, throttle.failed("password", name, source))
    throttle.succeeded("password", name)
    return Recognized(account_id, population, stored, hasher.hash(password) if hasher.outdated(stored) else None)


def note_refusal(work: Work, refused: Refused) -> None:
    """Remember a failed sign-in, and tell the owner when the account rests because of it."""
    passwords.note_failure(work, refused.account_id)
    work.audit("sign_in.refused", target=refused.account_id or "unknown")
    if refused.account_id is not None and refused.rests_until is not None:
        accounts.note_rest(work, refused.account_id, refused.rests_until)


def sign_in(work: Work, known: Recognized, present: SessionView | None) -> str | None:
    """Open the session, or prove the present one anew; return the cookie's secret.

    Another person's session in the same browser ends everywhere (domain §4). None when the password or the session
    changed in the meantime: the person starts over.
    """
    if not passwords.note_success(work, known.account_id, known.old_hash, known.new_hash):
        return None
    proofs = (assurance.PASSWORD,)
    if present is not None and present.account_id == known.account_id:
        return sessions.reauthenticate(work, present.id, proofs, work.now)
    if present is not None:
        sessions.end(work, present.id, "switched_person")
    _session, secret = sessions.open_session(work, known.account_id, proofs, work.now)
    return secret


def prove_code(work: Work, present: SessionView, code: str) -> str | None:
    """Add the second factor to the session; return the cookie's new secret, or None for a code that is not accepted."""
    if not mfa.prove_totp(work, present.account_id, code):
        work.audit("second_factor.refused", target=present.account_id)
        return None
    return sessions.raise_assurance(work, present.id, (assurance.TOTP,), present.auth_time)


def enrol(work: Work, present: SessionView, secret: str, code: str) -> str | None:
    """Bind the offered app by its first code, which also counts as the second factor now; None for a wrong code."""
    accounts.hold(work, present.account_id)  # two enrolments at once would bind two apps with one secret
    if mfa.enrolled(work.session, present.account_id) or not mfa.enrol_totp(work, present.account_id, secret, code):
        return None
    return sessions.raise_assurance(work, present.id, (assurance.TOTP,), present.auth_time)


def choose_organization(work: Work, present: SessionView, organization_id: str) -> bool:
    """Work for this organization from now on; False where the person is no member of it."""
    held = entitlements.active(work.session, present.account_id, work.now)
    if organization_id not in {one.organization["id"] for one in held}:
        return False
    return sessions.choose_organization(work, present.id, organization_id)


def standing(session: DatabaseSession, present: SessionView | None, now: datetime) -> Standing | None:
    """Return what is known of the sign-in, or None while nobody (or nobody who may) is signed in."""
    account = accounts.get(session, present.account_id) if present else None
    if present is None or account is None or not may_sign_in(Status(account.status)):
        return None
    held = entitlements.active(session, account.id, now)
    return Standing(
        amr=present.amr,
        acr=present.acr,
        auth_time=present.auth_time,
        population=account.population,
        enrolled=mfa.enrolled(session, account.id),
        must_choose=len(held) > 1 and entitlements.chosen(held, present.organization_id) is None,
    )


def demand_of(ticket: Ticket | None) -> Demand:
    """Return what the ticket demands; without one the person came by themselves."""
    if ticket is None:
        return Demand(direct=True)
    return Demand(ticket.required_acr, ticket.not_before, organization=ticket.organization)


def _look_up(place: Context, user_id: str) -> tuple[str | None, str, str | None]:
    """Return (account id, population, hash to check); a person who may not sign in looks like nobody."""
    with place.reading() as session:
        account = accounts.find_by_user_id(session, user_id[:_LONGEST_TYPED])
        account_id = account.id if account and may_sign_in(Status(account.status)) else None
        stored = passwords.stored_hash(session, account_id or "")
        return account_id, account.population if account else "", stored
