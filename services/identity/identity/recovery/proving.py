"""What is proved in a recovery, and how it ends. Every change is one guarded UPDATE of the row as it was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.accounts.models import Account
from identity.codes import service as codes
from identity.codes.models import usable
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.devices import service as devices
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_PHR, satisfies
from identity.passwords import service as passwords
from identity.recovery import holding, letters, limits
from identity.recovery.counts import note_wrong_code
from identity.recovery.flow import Aim, Facts, Outcome, Proof, Starter
from identity.recovery.models import Recovery, close_others, count_try, of_link, of_token, unchanged, use_link
from identity.recovery.service import may_recover, resend_at
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.throttle.throttle import Throttle
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Context, Work


@dataclass(frozen=True)
class View:
    """A recovery as pages see it. `shown`: what may be shown of where the last code or link went."""

    id: str
    version: int
    aim: Aim
    starter: Starter
    account_id: str | None
    contact_id: str | None
    pair: str
    shown: str
    proofs: frozenset[Proof]
    awaiting: bool
    asked_at: datetime
    resend_at: datetime
    created_at: datetime
    expires_at: datetime
    outcome: Outcome | None


@dataclass(frozen=True)
class Proved:
    """The proof counts; the browser gets a new secret, the old one is dead (session fixation, threat 20)."""

    secret: str


@dataclass(frozen=True)
class Wrong:
    """The code does not fit, or was used, or is too old. `left`: how many guesses this recovery still has."""

    left: int


def of_browser(session: Session, secret: str | None, now: datetime) -> View | None:
    """Return the recovery that a browser's secret names, or None; an ended one too, so that its page can say so."""
    found = session.scalars(of_token(sha256(secret), now)).one_or_none() if secret else None
    return _view(found) if found else None


def of_mailed_link(session: Session, secret: str, now: datetime) -> View | None:
    """Return the recovery of a link that still works, or None. Changes nothing: mail scanners look (threat 33)."""
    found = session.scalars(of_link(sha256(secret))).one_or_none()
    if found is None or found.link_used_at or found.ended_at or found.expires_at <= now:
        return None
    return _view(found) if _still_trusted(session, found.account_id, found.contact_id, now) else None


def facts(session: Session, recovery: View, now: datetime, present: SessionView | None = None) -> Facts:
    """Return what the flow decides from. While the first code is awaited nothing of the account is read.

    `present`: who is signed in at this browser. Whoever has just shown a passkey of the account needs no other factor.
    """
    told = Facts(recovery.aim, recovery.starter, recovery.proofs, awaiting=recovery.awaiting, outcome=recovery.outcome)
    account = accounts.get(session, recovery.account_id) if recovery.account_id and recovery.proofs else None
    if account is None:
        return told
    methods = mfa.methods(session, account.id)
    return Facts(
        aim=told.aim,
        starter=told.starter,
        proofs=_standing(session, recovery, present),
        bound=frozenset(one.kind for one in methods),
        usable=frozenset(one.kind for one in methods if one.usable and one.remaining != 0),
        reachable=frozenset(Proof(one.kind) for one in contacts.for_recovery(session, account.id, now)),
        population=account.population,
        awaiting=told.awaiting,
        outcome=told.outcome if told.outcome or may_recover(account) else Outcome.CLOSED,
    )


def follow_link(work: Work, recovery: View) -> Proved | None:
    """Use a mailed link: its address is proved. None where it was used before, or the address is trusted no more."""
    contact = _still_trusted(work.session, recovery.account_id, recovery.contact_id, work.now)
    if contact is None or not claimed(work.session.execute(use_link(recovery.id, work.now))):
        return None
    seen = _view(work.session.get_one(Recovery, recovery.id, populate_existing=True))
    return _prove(work, seen, Proof(contact.kind), expires_at=work.now + limits.LIFE)


def prove_code(work: Work, recovery: View, typed: str) -> Proved | Wrong:
    """Take a code that was sent for this recovery. The caller commits either way: a wrong one is remembered."""
    tries = work.session.execute(count_try(recovery.id, work.now)).scalar_one_or_none()
    if tries is None:
        return Wrong(0)
    proof = codes.prove(work, purpose=limits.PURPOSE, bound_to=recovery.id, typed=typed)
    if recovery.account_id is None:  # the look that a name somebody has would cost: same work, same time (threat 26)
        work.session.scalars(usable(limits.PURPOSE, recovery.id, work.now)).all()
    contact_id = proof.contact_id if proof else None
    if proof and _still_trusted(work.session, recovery.account_id, contact_id, work.now):
        proved = _prove(work, recovery, Proof(proof.channel))
        if proved is not None:
            return proved
    note_wrong_code(work, recovery.pair)
    work.audit("recovery.refused", target=recovery.account_id or "unknown", reason="code")
    left = limits.MOST_TRIES - tries
    if left == 0:
        _end(work, recovery, Outcome.CLOSED)
    return Wrong(left)


def prove_factor(work: Work, recovery: View, kind: str, typed: str) -> Proved | None:
    """Take a second factor that is bound to the account. None for one that does not fit; the caller commits."""
    account_id = recovery.account_id or ""
    if mfa.prove(work, account_id, kind, typed, bound_to=recovery.id) is None:
        work.audit("recovery.refused", target=account_id, reason=kind)
        return None
    return _prove(work, recovery, Proof.FACTOR)


def send_code(work: Work, recovery: View, contact_id: str) -> datetime | None:
    """Send a code to another trusted address of the account. None: it is on its way; otherwise when to try again."""
    contact = _still_trusted(work.session, recovery.account_id, contact_id, work.now)
    if contact is None or Proof(contact.kind) in recovery.proofs:
        return None
    sent = codes.send(work, purpose=limits.PURPOSE, bound_to=recovery.id, contact=contact)
    if isinstance(sent, codes.Wait):
        return sent.until
    awaiting = {"awaiting": True, "contact_id": contact.id, "shown": contact.masked, "asked_at": work.now, "sends": 1}
    work.session.execute(unchanged(recovery.id, recovery.version, work.now).values(awaiting))
    return None


def choose_another_way(work: Work, recovery: View) -> bool:
    """Stop waiting for a code, where something else was proved before: the person goes back to the choice."""
    if not recovery.proofs:
        return False
    return claimed(work.session.execute(unchanged(recovery.id, recovery.version, work.now).values(awaiting=False)))


def finish(work: Work, recovery: View, hashed_password: str | None) -> bool:
    """End a recovery whose proofs are enough, once: new password, factors removed, as its aim says.

    Every session ends and no device is remembered; nobody is signed in by it. A rest and a demanded reset are over,
    other recoveries are worth nothing, and every address is told. False for the second rival, and where the account or
    its address changed meanwhile (threat 33).
    """
    account_id = recovery.account_id or ""
    account = accounts.hold(work, account_id)  # first of all, as sign-in does
    trusted = _still_trusted(work.session, account_id, recovery.contact_id, work.now)
    if account is None or trusted is None or not may_recover(account) or not _end(work, recovery, Outcome.DONE):
        return False
    work.session.execute(close_others(account_id, recovery.id, work.now))
    if hashed_password is not None:
        _replace_password(work, account, hashed_password)
        contacts.tell_everywhere(work, account_id, letters.password_replaced(work.now), f"recovered:{recovery.id}")
    if recovery.aim is not Aim.PASSWORD:
        hold = timedelta(hours=holding.hours(work.session, account_id, work.now))
        mfa.remove_all(work, account_id, "recovery", work.now + hold)
    _end_waits(work, account)
    sessions.end_all(work, account_id, "credential_changed")
    devices.forget_all(work, account_id)
    after = {"aim": recovery.aim.value, "starter": recovery.starter.value, "proofs": sorted(recovery.proofs)}
    work.audit("recovery.completed", target=account_id, after=after)
    return True


def trusted_contacts(session: Session, recovery: View, kinds: Iterable[Proof], now: datetime) -> list[Contact]:
    """Return the account's addresses of these kinds to which a code may go now."""
    wanted = {kind.value for kind in kinds}
    found = contacts.for_recovery(session, recovery.account_id or "", now)
    return [contact for contact in found if contact.kind in wanted]


def deliveries(context: Context, recovery: View) -> list[codes.Delivery]:
    """Return what became of the codes sent for this, newest first; nothing before anything is proved (threat 26)."""
    if not recovery.proofs:
        return []
    with context.reading() as session:
        return codes.delivery(session, purpose=limits.PURPOSE, bound_to=recovery.id)


def _replace_password(work: Work, account: Account, hashed: str) -> None:
    passwords.set_password(work, account.id, hashed)
    accounts.clear_reset(work, account.id)
    accounts.unlock(work, account.id, "recovery")


def _end_waits(work: Work, account: Account) -> None:
    """Whoever has proved this much need not wait for what strangers, or their own fingers, used up (A2)."""
    throttle = work.context.part(Throttle)
    known = [device.id for device in devices.listing(work.session, account.id)]
    throttle.clear("password", canonical(account.user_id or ""), known)
    throttle.clear("code", account.id, known)


def _prove(work: Work, recovery: View, proof: Proof, expires_at: datetime | None = None) -> Proved | None:
    secret = work.ids.token()
    values: dict[str, object] = {
        "proofs": sorted(recovery.proofs | {proof}),
        "awaiting": False,
        "token_hash": sha256(secret),
        "expires_at": expires_at or recovery.expires_at,
    }
    if not claimed(work.session.execute(unchanged(recovery.id, recovery.version, work.now).values(values))):
        return None
    work.audit("recovery.proved", target=recovery.account_id or "", after={"proof": proof.value})
    return Proved(secret)


def _end(work: Work, recovery: View, outcome: Outcome) -> bool:
    ended = unchanged(recovery.id, recovery.version, work.now).values(ended_at=work.now, outcome=outcome.value)
    return claimed(work.session.execute(ended))


def _still_trusted(session: Session, account_id: str | None, contact_id: str | None, now: datetime) -> Contact | None:
    """Return the contact where it may be used for recovery at this instant: it may have been changed since (C5)."""
    usable = contacts.for_recovery(session, account_id or "", now)
    return next((contact for contact in usable if contact.id == contact_id), None)


def _standing(session: Session, recovery: View, present: SessionView | None) -> frozenset[Proof]:
    """Return what is proved at this instant: with a passkey shown since, without a password that is another by now."""
    shown = {Proof.FACTOR} if _shown_passkey(recovery, present) else set()
    changed = passwords.changed_at(session, recovery.account_id or "")
    outdated = {Proof.PASSWORD} if changed is not None and changed > recovery.created_at else set()
    return (recovery.proofs | shown) - outdated


def _shown_passkey(recovery: View, present: SessionView | None) -> bool:
    if present is None or present.account_id != recovery.account_id or not satisfies(present.acr, ACR_PHR):
        return False
    return present.auth_time >= recovery.created_at


def _view(found: Recovery) -> View:
    return View(
        id=found.id,
        version=found.version,
        aim=Aim(found.aim),
        starter=Starter(found.starter),
        account_id=found.account_id,
        contact_id=found.contact_id,
        pair=found.pair,
        shown=found.shown,
        proofs=frozenset(Proof(proof) for proof in found.proofs),
        awaiting=found.awaiting,
        asked_at=found.asked_at,
        resend_at=resend_at(found.sends, found.asked_at),
        created_at=found.created_at,
        expires_at=found.expires_at,
        outcome=Outcome(found.outcome) if found.outcome else None,
    )
