"""Second factors as other rooms use them: which there are, whether one is proved, what happens when one goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.codes import service as codes
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.entitlements import service as entitlements
from identity.mfa import binding, letters, picker, recovery_codes, totp
from identity.mfa.models import Authenticator, FactorHold, RecoveryCode, note_failure, note_use, use_step
from identity.mfa.picker import APP, EMAIL, FACTORS, PASSKEY, RECOVERY_CODES, SENT, SMS
from identity.mfa.picker import Method as Method
from identity.mfa.webauthn.models import Passkey
from identity.policies import service as policies
from shared.crypto import SecretBox
from shared.db import claimed, table_of
from shared.service import Work

held_until = binding.held_until
PURPOSE = "second_factor"  # of the codes that are sent
BINDING = "binding"  # of those that show that messages arrive where a way of signing in is to be bound
_AMR = {APP: ("otp",), SMS: ("sms",), EMAIL: ("email",), RECOVERY_CODES: ("otp",)}  # RFC 8176 §2; "email" is ours
_KIND_OF_EVENT = {RECOVERY_CODES: "recovery_set"}


_WHOSE = bindparam("account_id", type_=String)
_BOUND, _KEYS = table_of(Authenticator).c, table_of(Passkey).c
# Asked at every sign-in, so built once: whether `account_id` has a second factor.
ENROLLED = or_(
    exists().where(_BOUND.account_id == _WHOSE, _BOUND.kind.in_(FACTORS)), exists().where(_KEYS.account_id == _WHOSE)
)
_IS_ENROLLED = select(ENROLLED)


@dataclass(frozen=True)
class Removed:
    """The method is gone."""

    method: Method


@dataclass(frozen=True)
class LastMethod:
    """Nothing was removed: without it the account would have no second factor."""


@dataclass(frozen=True)
class Unknown:
    """The account has no such method."""


def enrolled(session: Session, account_id: str) -> bool:
    """Return whether the account has a second factor, a disabled one included; recovery codes alone are none.

    Wrong codes disable a factor; they must not make room for one of the guesser's own. The desk mends it.
    """
    return bool(session.scalar(_IS_ENROLLED, {"account_id": account_id}))


def methods(session: Session, account_id: str) -> list[Method]:
    """Return the account's ways of proving it is its person, strongest first; recovery codes are one of them."""
    bound = session.scalars(select(Authenticator).where(Authenticator.account_id == account_id)).all()
    keys = session.scalars(select(Passkey).where(Passkey.account_id == account_id)).all()
    found = _factors(session, account_id, bound, keys) if bound or keys else []
    return picker.in_order([*found, *_recovery(session, account_id)])


def _factors(
    session: Session, account_id: str, bound: Sequence[Authenticator], keys: Sequence[Passkey]
) -> list[Method]:
    """What has been set up; every sign-in asks, and most people have little, so the rest is read where it is needed."""
    most = policies.current(session).disable_failures
    known = {contact.id: contact for contact in contacts.listing(session, account_id) if contact.proved}
    hold = session.get(FactorHold, account_id)
    return [_method(row, known, most, hold) for row in bound] + [_passkey(row, hold) for row in keys]


def kinds_for(session: Session, account_id: str, now: datetime) -> frozenset[str]:
    """Return the kinds of methods that the account's person may use, by the policies of today."""
    account = accounts.get(session, account_id)
    manages = entitlements.manages(entitlements.active(session, account_id, now))
    return picker.allowed(policies.current(session), account.population if account else "", manages=manages)


def prove(work: Work, account_id: str, kind: str, typed: str, *, bound_to: str) -> tuple[str, ...] | None:
    """Return what to add to the session's `amr`, once for each code; None for a code that is not accepted.

    `bound_to`: the id of the session for which a code was sent. The caller commits either way, so that failures count.
    """
    if kind in SENT:
        added = _prove_sent(work, account_id, typed, bound_to)
    elif kind == RECOVERY_CODES:
        added = _AMR[kind] if recovery_codes.prove(work, account_id, typed) else None
    else:
        added = _AMR[APP] if _prove_app(work, account_id, typed) else None
    if added is None:
        _note_failure(work, account_id, kind)
    return added


def contact_of(session: Session, account_id: str, method: Method) -> Contact | None:
    """Return where the codes of this method are sent, or None where the contact is gone or not proved."""
    found = contacts.find(session, account_id, method.contact_id) if method.contact_id else None
    return found if found and found.proved else None


def bindable(session: Session, account_id: str, kind: str, now: datetime) -> list[Contact]:
    """Return the contacts that may become a way of this kind: proved, out of quarantine, allowed by policy, new."""
    if kind not in kinds_for(session, account_id, now):
        return []
    bound = {method.contact_id for method in methods(session, account_id)}
    mine = contacts.for_recovery(session, account_id, now)
    return [one for one in mine if one.kind == kind and one.id not in bound]


def send_binding(
    work: Work, account_id: str, kind: str, contact_id: str, *, bound_to: str
) -> codes.Sent | codes.Wait | None:
    """Send the code that shows that messages arrive; None for a contact that may not become such a way."""
    mine = bindable(work.session, account_id, kind, work.now)
    chosen = next((one for one in mine if one.id == contact_id), None)
    return codes.send(work, purpose=BINDING, bound_to=bound_to, contact=chosen) if chosen else None


def bind_sent(work: Work, account_id: str, kind: str, typed: str, *, bound_to: str) -> tuple[str, ...] | None:
    """Bind the contact by the code that was sent there; return what that adds to `amr`, None for a code that is wrong.

    `bound_to`: the id of the session. The caller commits either way, so that failures count.
    """
    proof = codes.prove(work, purpose=BINDING, bound_to=bound_to, typed=typed)
    mine = bindable(work.session, account_id, kind, work.now)
    contact = next((one for one in mine if proof and one.id == proof.contact_id), None)
    return _AMR[kind] if contact is not None and binding.bind_contact(work, contact) else None


def rename(work: Work, account_id: str, method_id: str, name: str) -> bool:
    """Call an app something else; False where the account has no such app. Passkeys are renamed in `passkeys`."""
    mine = (Authenticator.id == method_id) & (Authenticator.account_id == account_id) & (Authenticator.kind == APP)
    return claimed(work.session.execute(update(Authenticator).where(mine).values(name=name)))


def remove(work: Work, account_id: str, method_id: str) -> Removed | LastMethod | Unknown:
    """Take a method away, unless it is the last second factor; of two rivals who take the last two, one is refused."""
    accounts.hold(work, account_id)
    known = methods(work.session, account_id)
    gone = next((method for method in known if method.id == method_id), None)
    if gone is None:
        return Unknown()
    if picker.is_last(known, method_id):
        return LastMethod()
    _delete(work, account_id, gone)
    kind = _KIND_OF_EVENT.get(gone.kind, gone.kind)
    binding.noted(work, account_id, kind, "removed", lambda words, who: letters.removed(words, who, kind, work.now))
    return Removed(gone)


def remove_all(work: Work, account_id: str, reason: str, holds_until: datetime | None) -> None:
    """Take every method away, by recovery or by the desk; what is bound next is held until the instant (B6)."""
    accounts.hold(work, account_id)
    known = methods(work.session, account_id)
    for method in known:
        _delete(work, account_id, method)
        kind = _KIND_OF_EVENT.get(method.kind, method.kind)
        binding.publish(work, account_id, kind, "removed")
    work.session.merge(FactorHold(account_id=account_id, since=work.now, holds_until=holds_until, reason=reason[:60]))
    work.session.flush()
    until = holds_until.isoformat() if holds_until else None
    work.audit("factors.removed", target=account_id, after={"held_until": until}, reason=reason)
    key = f"factors-removed:{account_id}:{work.now.isoformat()}"
    contacts.tell_everywhere(
        work, account_id, lambda words, who: letters.all_removed(words, who, holds_until, work.now), key
    )


def remove_since(work: Work, account_id: str, since: datetime, reason: str) -> int:
    """Take away what was bound since the instant: somebody else may have bound it. Return how much that was."""
    accounts.hold(work, account_id)
    foreign = [method for method in methods(work.session, account_id) if method.added_at >= since]
    for method in foreign:
        _delete(work, account_id, method)
        kind = _KIND_OF_EVENT.get(method.kind, method.kind)
        binding.publish(work, account_id, kind, "removed")
    if foreign:
        work.audit("factors.removed", target=account_id, after={"since": since.isoformat()}, reason=reason)
    return len(foreign)


def note_nudged(work: Work, account_id: str) -> None:
    """Remember that a second way was suggested, so that it is not suggested at every sign-in."""
    work.session.execute(update(Account).where(Account.id == account_id).values(nudged_at=work.now))


def _prove_app(work: Work, account_id: str, code: str) -> bool:
    """Return whether the code fits one of the account's apps and was never used before; then it is used."""
    box, most = work.context.part(SecretBox), policies.current(work.session).disable_failures
    mine = select(Authenticator).where(Authenticator.account_id == account_id, Authenticator.kind == APP)
    for found in work.session.scalars(mine.where(Authenticator.failures < most)):
        step = totp.matching_step(box.decrypt(found.secret), code, work.now)
        if step is not None and claimed(work.session.execute(use_step(found.id, step, work.now))):
            return True
    return False


def _prove_sent(work: Work, account_id: str, typed: str, bound_to: str) -> tuple[str, ...] | None:
    """Return the amr of the channel that the code really came through, whatever the form said."""
    proof = codes.prove(work, purpose=PURPOSE, bound_to=bound_to, typed=typed)
    if proof is None:
        return None
    known = methods(work.session, account_id)
    method = next((one for one in known if one.contact_id == proof.contact_id and one.usable), None)
    if method is None:
        return None
    work.session.execute(note_use(method.id, work.now))
    return _AMR[method.kind]


def _note_failure(work: Work, account_id: str, kind: str) -> None:
    """Count the failure, and tell every address when it was the one that switches the method off."""
    work.session.execute(note_failure(account_id, kind))
    work.audit("second_factor.refused", target=account_id, after={"kind": kind})
    most = policies.current(work.session).disable_failures
    off = select(Authenticator.id).where(
        Authenticator.account_id == account_id, Authenticator.kind == kind, Authenticator.failures == most
    )
    for authenticator_id in work.session.scalars(off):
        work.audit("second_factor.disabled", target=account_id, after={"kind": kind}, reason="failures")
        key = f"disabled:{authenticator_id}"
        contacts.tell_everywhere(work, account_id, lambda words, who: letters.disabled(words, who, work.now), key)


def _delete(work: Work, account_id: str, method: Method) -> None:
    if method.kind == RECOVERY_CODES:
        work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    elif method.kind == PASSKEY:
        work.session.execute(delete(Passkey).where(Passkey.id == method.id))
    else:
        work.session.execute(delete(Authenticator).where(Authenticator.id == method.id))


def _method(row: Authenticator, known: dict[str, Contact], most: int, hold: FactorHold | None) -> Method:
    contact = known.get(row.contact_id or "")
    return Method(
        id=row.id,
        kind=row.kind,
        name=row.name or (contact.masked if contact else ""),
        added_at=row.added_at,
        used_at=row.used_at,
        usable=row.failures < most and (row.kind not in SENT or contact is not None),
        holds_until=_held(row, hold),
        contact_id=row.contact_id,
    )


def _passkey(row: Passkey, hold: FactorHold | None) -> Method:
    usable, until = row.disabled_at is None, _held(row, hold)
    return Method(row.id, PASSKEY, row.name, row.added_at, row.used_at, usable, holds_until=until)


def _held(row: Authenticator | Passkey, hold: FactorHold | None) -> datetime | None:
    return hold.holds_until if hold and row.added_at >= hold.since else None


def _recovery(session: Session, account_id: str) -> list[Method]:
    made_at = session.scalar(select(RecoveryCode.made_at).where(RecoveryCode.account_id == account_id).limit(1))
    if made_at is None:
        return []
    left = recovery_codes.remaining(session, account_id)
    return [Method(RECOVERY_CODES, RECOVERY_CODES, "", made_at, usable=left > 0, remaining=left)]
