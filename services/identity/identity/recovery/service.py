"""How a recovery begins: by the person, by their access manager, by the desk. One function per verb.

The person's side looks nothing up. It writes down what was asked, in the same statements for every name, and the worker
answers (`answering`): so neither the page nor its time tells which names exist (threat 26, ASVS 6.3.8).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.accounts.models import Account
from identity.accounts.states import Status, may_sign_in
from identity.codes import rules as codes
from identity.contacts import addresses, masking
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.entitlements import service as entitlements
from identity.recovery import counts, letters, limits
from identity.recovery.flow import Aim, Proof, Starter
from identity.recovery.models import Recovery, RecoveryRequest, forget, forget_counts, unchanged
from shared.crypto import BlindIndex, SecretBox, sha256
from shared.db import claimed
from shared.service import Context, Work
from shared.sources import network_of

REMIND, START, SEND = "remind", "start", "send"


@dataclass(frozen=True)
class Begun:
    """A recovery is under way in the browser that gets this secret as a cookie (256 bits; only its hash is kept)."""

    secret: str


@dataclass(frozen=True)
class Wait:
    """Nothing was begun or sent; it may be tried again at `until`."""

    until: datetime


@dataclass(frozen=True)
class Started:
    """A link is on its way to the person's own address. `masked`: what may be shown of it; nothing secret is told."""

    recovery_id: str
    masked: str


@dataclass(frozen=True)
class NotHere:
    """The account is no active member of the organization, or whoever asks does not manage it. Told alike."""


@dataclass(frozen=True)
class DeskOnly:
    """Only the support desk may help this person: they are an access manager themselves, or staff."""


@dataclass(frozen=True)
class Unreachable:
    """There is no address that may be used: none is proved and out of quarantine, or the account cannot sign in."""


def remind(work: Work, address: str, source: str) -> Wait | None:
    """Let the user IDs that belong to an address be sent there. None: it will be, if there are any (C1)."""
    there = _index(work, _spelled(address))
    until = counts.use_up(work, {limits.PER_ADDRESS: there, limits.PER_SOURCE: network_of(source)})
    if until is not None:
        return Wait(until)
    _ask(work, REMIND, None, {"address": address})
    return None


def begin_password(work: Work, user_id: str, address: str, source: str) -> Begun | Wait:
    """Begin the recovery of a password for whoever has this user ID and this address; a code will go there (C2)."""
    pair = _index(work, f"{canonical(user_id)}|{_spelled(address)}")
    taken = counts.use_up(work, {limits.PER_PAIR: pair, limits.PER_SOURCE: network_of(source)})
    until = taken or counts.spent(work.session, limits.WRONG_CODES, pair, work.now)
    if until is not None:
        return Wait(until)
    kind, secret = addresses.kind_of(address), work.ids.token()
    recovery = _new(work, Aim.PASSWORD, Starter.PERSON, pair=pair, shown=masking.masked(kind, address))
    recovery.token_hash, recovery.awaiting, recovery.sends = sha256(secret), True, 1
    _ask(work, START, recovery.id, {"user_id": user_id, "address": address})
    return Begun(secret)


def begin_factor(work: Work, account_id: str) -> Begun | Wait:
    """Begin the recovery of a lost factor for somebody who has just proved user ID and password."""
    taken = counts.use_up(work, {limits.PER_PAIR: account_id})
    until = taken or counts.spent(work.session, limits.WRONG_CODES, account_id, work.now)
    if until is not None:
        return Wait(until)
    secret = work.ids.token()
    recovery = _new(work, Aim.FACTOR, Starter.PERSON, pair=account_id, account_id=account_id, proofs=[Proof.PASSWORD])
    recovery.token_hash = sha256(secret)
    work.audit("recovery.started", target=account_id, after={"aim": recovery.aim, "starter": recovery.starter})
    return Begun(secret)


def resend(work: Work, recovery_id: str) -> Wait | None:
    """Let another code be sent to where the last one went; the earlier one stays good (C2). None: it will be."""
    recovery = work.session.get_one(Recovery, recovery_id)
    until = resend_at(recovery.sends, recovery.asked_at)
    if until > work.now:
        return Wait(until)
    again = unchanged(recovery.id, recovery.version, work.now).values(sends=recovery.sends + 1, asked_at=work.now)
    if not claimed(work.session.execute(again)):
        return Wait(work.now + codes.LIFE)  # a rival asked in the same instant; the page shows how things stand
    _ask(work, SEND, recovery.id, {})
    return None


def resend_at(sends: int, asked_at: datetime) -> datetime:
    """Return when the next code may be asked for, by the rule that codes are sent by; no run need exist for it."""
    return codes.resend_at(codes.Run(0, sends, asked_at, asked_at + codes.LIFE))


def start_by_manager(
    work: Work, account_id: str, organization_id: str, manager_id: str
) -> Started | NotHere | DeskOnly | Unreachable | Wait:
    """Let a link go to a member's own proved address; the manager neither sees nor sets a secret (C4).

    Never for another manager, wherever they manage: that is the desk's (C6). `manager_id` acts for `organization_id`.
    """
    theirs = entitlements.active(work.session, account_id, work.now)
    acting = entitlements.active(work.session, manager_id, work.now)
    if not _is_of(organization_id, theirs) or not _is_of(organization_id, acting, role="manager"):
        return NotHere()
    account = accounts.get(work.session, account_id)
    if account is None or account_id == manager_id or entitlements.manages(theirs) or account.population == "staff":
        return DeskOnly()
    started = _start(work, account, Aim.PASSWORD, Starter.MANAGER)
    if isinstance(started, Started):
        after = {"aim": Aim.PASSWORD.value, "starter": Starter.MANAGER.value, "manager": manager_id}
        work.audit("recovery.started", target=account_id, organization=organization_id, after=after)
    return started


def start_by_desk(work: Work, account_id: str, evidence: str, what: str) -> Started | Unreachable | Wait:
    """Let a link go to the person's own proved address after the desk made sure of them (C6, SP 800-63B-4 §4.2.2.2).

    `evidence`: what the desk saw or heard, kept in the audit. `what`: password | factor | both; the person still
    chooses the password themselves (ASVS 6.4.6). Raises ValueError for another `what` or for no evidence.
    """
    aim = Aim(what)
    if not evidence.strip():
        raise ValueError("the desk says what it has seen")
    account = accounts.get(work.session, account_id)
    started = _start(work, account, aim, Starter.DESK) if account else Unreachable()
    if isinstance(started, Started):
        after = {"aim": aim.value, "starter": Starter.DESK.value}
        work.audit("recovery.started", target=account_id, after=after, reason=evidence.strip())
    return started


def best_contact(session: Session, account_id: str, now: datetime) -> Contact | None:
    """Return where a link goes: the main e-mail address if it may be used, another one, or else a mobile."""
    found = contacts.for_recovery(session, account_id, now)
    return min(found, key=lambda one: (one.kind != addresses.EMAIL, not one.primary, one.id), default=None)


def may_recover(account: Account | None) -> bool:
    """Return whether the account can be got back: whoever may not sign in looks like nobody (threat 26)."""
    return account is not None and may_sign_in(Status(account.status))


def forget_old(context: Context) -> int:
    """Job: remove recoveries and counts a month after they were over; return how many."""
    with context.transaction() as work:
        before = work.now - limits.KEPT
        work.session.execute(forget_counts(before))
        return len(work.session.scalars(forget(before)).all())


def _start(work: Work, account: Account, aim: Aim, starter: Starter) -> Started | Unreachable | Wait:
    contact = best_contact(work.session, account.id, work.now) if may_recover(account) else None
    if contact is None:
        return Unreachable()
    until = counts.use_up(work, {limits.PER_ACCOUNT: account.id})
    if until is not None:
        return Wait(until)
    secret = work.ids.token()
    recovery = _new(work, aim, starter, pair=account.id, account_id=account.id, shown=contact.masked)
    recovery.link_hash, recovery.contact_id = sha256(secret), contact.id
    _send_link(work, account, contact, recovery, secret)
    contacts.tell_everywhere(work, account.id, letters.started(starter, work.now), f"recovery:{recovery.id}")
    return Started(recovery.id, contact.masked)


def _send_link(work: Work, account: Account, contact: Contact, recovery: Recovery, secret: str) -> None:
    # The origin is the configured one, whatever a request says its host is (threat 33).
    link = f"{work.context.settings.public_url}/recover/link?token={secret}"
    subject, text = letters.link(account.language, account.display_name, link)
    if contact.kind == addresses.SMS:
        work.sms(contact.address, f"{subject}: {link}", key=f"link:{recovery.id}")
    else:
        work.mail(contact.address, subject, text, key=f"link:{recovery.id}")


def _new(
    work: Work,
    aim: Aim,
    starter: Starter,
    *,
    pair: str,
    account_id: str | None = None,
    shown: str = "",
    proofs: Iterable[Proof] = (),
) -> Recovery:
    recovery = Recovery(
        id=work.ids.new("rec"),
        aim=aim.value,
        starter=starter.value,
        pair=pair,
        account_id=account_id,
        shown=shown,
        proofs=[proof.value for proof in proofs],
        awaiting=False,
        tries=0,
        sends=0,
        asked_at=work.now,
        created_at=work.now,
        expires_at=work.now + limits.LIFE,
        version=1,
    )
    work.session.add(recovery)
    return recovery


def _ask(work: Work, kind: str, recovery_id: str | None, typed: Mapping[str, str]) -> None:
    request = RecoveryRequest(
        id=work.ids.new("rrq"),
        kind=kind,
        recovery_id=recovery_id,
        asked=work.context.part(SecretBox).encrypt(json.dumps(typed, ensure_ascii=False)),
        created_at=work.now,
        due_at=work.now,
    )
    work.session.add(request)


def _spelled(address: str) -> str:
    return addresses.key(addresses.kind_of(address), address)


def _index(work: Work, text: str) -> str:
    """Return what counts are kept under: what people type may be a password in the wrong field."""
    return BlindIndex(work.context.settings.secret_keys[0]).of(text)


def _is_of(organization_id: str, held: Iterable[entitlements.Entitlement], role: str | None = None) -> bool:
    return any(one.organization["id"] == organization_id and role in (None, one.role) for one in held)
