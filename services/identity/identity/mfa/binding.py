"""What is bound to an account as a way of proving it is you, and who hears of it. One function per verb."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.contacts.letters import Letter
from identity.contacts.service import Contact
from identity.mfa import letters, totp
from identity.mfa.models import Authenticator, FactorHold
from identity.mfa.picker import APP
from shared.crypto import SecretBox
from shared.service import Context, Work


@dataclass(frozen=True)
class Offer:
    """What an app takes to show codes: as a picture, as an address, and as a key to type."""

    picture: Markup
    address: str
    key: str


def offered_secret(context: Context, session: Session, account_id: str, session_id: str) -> str:
    """Return the secret that this session may bind next: derived, not stored, so showing the page changes nothing.

    It is the same on every showing within a session, unknown to anybody without the service's key, and becomes the
    account's only when a code of it is proved; then the session is offered another.
    """
    bound = _secrets(context, session, account_id)
    return next(secret for turn in count() if (secret := _derived(context, session_id, turn)) not in bound)


def offer(context: Context, session: Session, account_id: str, session_id: str) -> Offer:
    """Return what this session's person puts into their app."""
    secret, account = offered_secret(context, session, account_id, session_id), accounts.get(session, account_id)
    address = totp.address(secret, account.user_id or "" if account else "", context.settings.brand)
    picture = Markup(totp.picture(address))  # noqa: S704 - drawn by us from base 32 and percent-encoded text
    return Offer(picture, address, totp.in_groups(secret))


def bind_app(work: Work, account_id: str, secret: str, code: str | None, name: str | None = None) -> bool:
    """Bind an app that shows the right code now; the step of that code is used up. False for a wrong code.

    `code` is None only where nobody is there to type one (demo data). A secret is bound once.
    """
    step = totp.matching_step(secret, code, work.now) if code is not None else None
    if code is not None and step is None:
        return False
    accounts.hold(work, account_id)
    if secret in _secrets(work.context, work.session, account_id):
        return False
    encrypted = work.context.part(SecretBox).encrypt(secret)
    _add(work, account_id, APP, name=name, secret=encrypted, last_step=step)
    return True


def bind_contact(work: Work, contact: Contact) -> bool:
    """Bind codes to a contact whose person has just typed one back; False where they are bound already."""
    accounts.hold(work, contact.account_id)
    mine = (Authenticator.account_id == contact.account_id) & (Authenticator.contact_id == contact.id)
    if work.session.scalars(select(Authenticator.id).where(mine)).first() is not None:
        return False
    _add(work, contact.account_id, contact.kind, contact_id=contact.id)
    return True


def noted(work: Work, account_id: str, kind: str, change: str, letter: Letter) -> None:
    """Say that a way of signing in changed: to listeners, the audit, and every address (SP 800-63B-4 §4.6, ASVS 6.3.7).

    `kind` and `change` as in the event credential.changed; `letter(words, name)` gives subject and text.
    """
    sequence = publish(work, account_id, kind, change)
    contacts.tell_everywhere(work, account_id, letter, key=f"factor:{account_id}:{sequence}")


def publish(work: Work, account_id: str, kind: str, change: str) -> int:
    """Say that a way of signing in changed, to listeners and the audit only; return the sequence of the event."""
    data = {"account_id": account_id, "kind": kind, "change": change, "changed_at": work.now}
    sequence = accounts.next_version(work, account_id)
    work.publish("credential.changed", subject=account_id, sequence=sequence, data=data)
    work.audit("credential.changed", target=account_id, after={"kind": kind, "change": change})
    return sequence


def held_until(session: Session, account_id: str, now: datetime) -> datetime | None:
    """Return until when what was bound after a recovery may not approve access or change contacts (B6), or None."""
    hold = session.get(FactorHold, account_id)
    return hold.holds_until if hold and hold.holds_until and hold.holds_until > now else None


def _add(
    work: Work,
    account_id: str,
    kind: str,
    *,
    name: str | None = None,
    secret: str = "",
    last_step: int | None = None,
    contact_id: str | None = None,
) -> None:
    work.session.add(
        Authenticator(
            id=work.ids.new("aut"),
            account_id=account_id,
            kind=kind,
            secret=secret,
            last_step=last_step,
            failures=0,
            added_at=work.now,
            name=name or None,
            contact_id=contact_id,
        )
    )
    work.session.flush()
    noted(work, account_id, kind, "added", lambda words, who: letters.added(words, who, kind, work.now))


def _secrets(context: Context, session: Session, account_id: str) -> set[str]:
    mine = (Authenticator.account_id == account_id) & (Authenticator.kind == APP)
    box = context.part(SecretBox)
    return {box.decrypt(secret) for secret in session.scalars(select(Authenticator.secret).where(mine))}


def _derived(context: Context, session_id: str, turn: int) -> str:
    purpose = f"totp-offer {session_id} {turn}".encode()
    derived = hmac.new(context.settings.secret_keys[0], purpose, hashlib.sha256).digest()
    return totp.new_secret(derived[: totp.SECRET_BYTES])
