"""What happens to passkeys: made, used, named, stopped. One function per verb; the rules of the W3C are in `webauthn`.

Nobody types a name: the passkey says who comes. So nothing here tells whether an account exists (threat 26), and a rest
of the name does not stop its owner (threat 28).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.contacts import service as contacts
from identity.mfa import binding
from identity.mfa import letters as factors
from identity.mfa.webauthn import answers, challenges, letters, options
from identity.mfa.webauthn.answers import Answer, Fault, Known, Made
from identity.mfa.webauthn.models import Passkey, stop, use
from identity.mfa.webauthn.options import Held, Person, RelyingParty
from identity.mfa.webauthn.providers import name_for
from shared.db import claimed
from shared.errors import not_found
from shared.i18n import say
from shared.service import Context, Work

KIND = "passkey"
MOST = 20  # of one account: nobody has more devices, and the list of what a device must not double stays short
LONGEST_NAME = 60


@dataclass(frozen=True)
class PasskeyView:
    """What its owner calls a passkey; `mfa.service.methods` says the rest. The name is empty where nobody gave one."""

    id: str
    name: str


@dataclass(frozen=True)
class Added:
    """A passkey was bound; `amr` is what making it proved, because the person was verified for it."""

    passkey_id: str
    amr: tuple[str, ...]


@dataclass(frozen=True)
class Entered:
    """A passkey was proved: whose it is, and the methods that count (RFC 8176)."""

    account_id: str
    amr: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """Nothing was bound or opened. `reason` is a word for the audit and for choosing a sentence."""

    reason: str


def offered(context: Context) -> bool:
    """Return whether browsers can use passkeys at our public address."""
    return _party_or_none(context) is not None


def registration_options(
    context: Context, session_id: str, account: Account, *, elsewhere: bool = False
) -> dict[str, Any]:
    """Return what `navigator.credentials.create` takes, for this session only. Raises CacheAway.

    `elsewhere`: not on this computer, because others use it too; a phone or a security key will do (domain §4).
    """
    party = _party(context)
    with context.reading() as session:
        held = [Held(one.credential_id, tuple(one.transports)) for one in _of(session, account.id)]
    challenge = challenges.give(context, challenges.ADD, session_id)
    person = Person(account.id, account.user_id or "", account.display_name)
    return options.creation_options(party, challenge, person, held, elsewhere=elsewhere)


def finish_registration(
    work: Work, session_id: str, account_id: str, response: Any, called: str = ""
) -> Added | Refused:
    """Bind the passkey that answers this session's challenge, and tell its owner everywhere. Raises CacheAway.

    `called`: its name where the authenticator does not say who made it.
    """
    party = _party(work.context)
    answer = _answer(work, answers.read_made(response), challenges.ADD, session_id)
    made = answer if isinstance(answer, Fault) else answers.check_made(party, answer)
    if isinstance(made, Fault):
        return _refuse(work, account_id, made.reason)
    accounts.hold(work, account_id)  # so that the count below holds until it is written
    if is_full(work.session, account_id):
        return _refuse(work, account_id, "too_many")
    passkey = _bind(work, account_id, made, called)
    if passkey is None:
        return _refuse(work, account_id, "known_credential")
    binding.noted(work, account_id, KIND, "added", partial(factors.added, kind=KIND, at=work.now))
    return Added(passkey.id, _amr(passkey))


def sign_in_options(context: Context, ceremony_id: str | None = None) -> tuple[dict[str, Any], str]:
    """Return what `navigator.credentials.get` takes and the ceremony's id, which the browser keeps as a secret cookie.

    A browser that has one brings it: two tabs share it, each with a challenge of its own. Raises CacheAway.
    """
    ceremony = ceremony_id or context.ids.token()
    challenge = challenges.give(context, challenges.SIGN_IN, ceremony)
    return options.request_options(_party(context), challenge), ceremony


def finish_sign_in(work: Work, ceremony_id: str, response: Any, only_account: str | None = None) -> Entered | Refused:
    """Find out who proves themself with a passkey; `only_account`: nobody but this person will do. Raises CacheAway."""
    party = _party(work.context)
    answer = _answer(work, answers.read_used(response), challenges.SIGN_IN, ceremony_id)
    if isinstance(answer, Fault):
        return _refuse(work, None, answer.reason)
    passkey = _by_credential(work.session, answer.credential_id)
    if passkey is None:
        return _refuse(work, None, "unknown_credential")
    if passkey.disabled_at is not None:
        return _refuse(work, passkey.account_id, "disabled")
    proved = answers.check_used(party, answer, _known(passkey))
    if isinstance(proved, Fault):
        return _refuse(work, passkey.account_id, proved.reason)
    if only_account not in (None, passkey.account_id):
        return _refuse(work, only_account, "other_account")
    used = use(passkey.id, proved.sign_count, backed_up=proved.backed_up, now=work.now)
    if not claimed(work.session.execute(used)):
        return _stop_copy(work, passkey)
    return Entered(passkey.account_id, _amr(passkey))


def is_full(session: Session, account_id: str) -> bool:
    """Return whether the account has as many passkeys as it may have."""
    return _count(session, account_id) >= MOST


def one_of(session: Session, account_id: str, passkey_id: str) -> PasskeyView | None:
    """Return this passkey of this account, or None for one that is somebody else's or nobody's."""
    found = session.get(Passkey, passkey_id)
    return PasskeyView(found.id, found.name) if found is not None and found.account_id == account_id else None


def rename(work: Work, account_id: str, passkey_id: str, name: str) -> bool:
    """Give the passkey another name; False where the account has no such passkey."""
    mine = update(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id)
    if not claimed(work.session.execute(mine.values(name=name[:LONGEST_NAME]))):
        return False
    work.audit("credential.renamed", target=account_id, after={"kind": KIND})
    return True


def _party_or_none(context: Context) -> RelyingParty | None:
    return options.relying_party(context.settings.public_url, context.settings.brand)


def _party(context: Context) -> RelyingParty:
    party = _party_or_none(context)
    if party is None:
        raise not_found(say("Passkeys do not work at this address: it needs a name and https."))
    return party


def _answer(work: Work, read: Answer | Fault, purpose: str, bound_to: str) -> Answer | Fault:
    """Use up the challenge before anything else is looked at: an answer is tried once, whatever comes of it."""
    if isinstance(read, Fault):
        return read
    return read if challenges.take(work.context, purpose, bound_to, read.challenge) else Fault("challenge")


def _bind(work: Work, account_id: str, made: Made, called: str) -> Passkey | None:
    """Store the passkey, or return None where its credential id is known, whoever has it (§7.1 step 26)."""
    passkey = Passkey(
        id=work.ids.new("pky"),
        account_id=account_id,
        credential_id=made.id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        backup_eligible=made.backup_eligible,
        backed_up=made.backed_up,
        transports=list(made.transports),
        name=name_for(made.aaguid) or called[:LONGEST_NAME],
        added_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(passkey)
    except IntegrityError:
        return None
    return passkey


def _stop_copy(work: Work, passkey: Passkey) -> Refused:
    """The counter did not grow: either this answer or an earlier one came from a copy of the key. It works no more."""
    if claimed(work.session.execute(stop(passkey.id, work.now))):
        work.audit("credential.disabled", target=passkey.account_id, after={"kind": KIND}, reason="copied")
        letter = partial(letters.stopped, at=work.now)
        contacts.tell_everywhere(work, passkey.account_id, letter, key=f"passkey-stopped:{passkey.id}")
    return _refuse(work, passkey.account_id, "copied")


def _refuse(work: Work, account_id: str | None, reason: str) -> Refused:
    work.audit("passkey.refused", target=account_id or "unknown", reason=reason)
    return Refused(reason)


def _amr(passkey: Passkey) -> tuple[str, ...]:
    """A key that can leave its device counts as software, whatever made it (RFC 8176 §2); `user`: verified, present."""
    return ("swk" if passkey.backup_eligible else "hwk", "user")


def _of(session: Session, account_id: str) -> Sequence[Passkey]:
    mine = select(Passkey).where(Passkey.account_id == account_id)
    return session.scalars(mine.order_by(Passkey.added_at, Passkey.id)).all()


def _count(session: Session, account_id: str) -> int:
    return session.scalar(select(func.count()).where(Passkey.account_id == account_id)) or 0


def _by_credential(session: Session, credential_id: str) -> Passkey | None:
    return session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()


def _known(passkey: Passkey) -> Known:
    return Known(passkey.credential_id, passkey.public_key, passkey.backup_eligible, passkey.account_id)
