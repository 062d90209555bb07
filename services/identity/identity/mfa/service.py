"""What happens to second factors: enrolled, proved. One function per verb."""

import hashlib
import hmac

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.mfa import totp
from identity.mfa.models import Authenticator, use_step
from shared.crypto import SecretBox
from shared.db import claimed
from shared.service import Context, Work

KIND = "authenticator_app"
DISABLED_AT = 100  # consecutive failures (SP 800-63B-4 §3.2.2)


def enrolled(session: Session, account_id: str) -> bool:
    """Return whether the account has a second factor, a disabled one included.

    Wrong codes disable an authenticator; they must not make room for one of the guesser's own. The desk mends it.
    """
    mine = Authenticator.account_id == account_id
    return session.scalars(select(Authenticator.id).where(mine)).first() is not None


def listing(session: Session, account_id: str) -> list[Authenticator]:
    """Return the account's second factors, oldest first."""
    mine = select(Authenticator).where(Authenticator.account_id == account_id)
    return list(session.scalars(mine.order_by(Authenticator.added_at)))


def offered_secret(context: Context, session_id: str) -> str:
    """Return the secret that this session may enrol: derived, not stored, so showing the page changes nothing.

    It is the same on every showing within a session, unknown to anybody without the service's key, and becomes the
    account's only when a code of it is proved.
    """
    purpose = f"totp-offer {session_id}".encode()
    derived = hmac.new(context.settings.secret_keys[0], purpose, hashlib.sha256).digest()
    return totp.new_secret(derived[: totp.SECRET_BYTES])


def enrol_totp(work: Work, account_id: str, secret: str, code: str | None) -> bool:
    """Bind an app that shows the right code now; the step of that code is used up. False for a wrong code.

    `code` is None only where nobody is there to type one (demo data).
    """
    step = totp.matching_step(secret, code, work.now) if code is not None else None
    if code is not None and step is None:
        return False
    work.session.add(
        Authenticator(
            id=work.ids.new("aut"),
            account_id=account_id,
            kind=KIND,
            secret=work.context.part(SecretBox).encrypt(secret),
            last_step=step,
            failures=0,
            added_at=work.now,
        )
    )
    work.session.flush()
    _publish_added(work, account_id)
    return True


def prove_totp(work: Work, account_id: str, code: str) -> bool:
    """Return whether the code fits one of the account's apps and was never used before; then it is used."""
    box = work.context.part(SecretBox)
    for found in _usable(work.session, account_id):
        step = totp.matching_step(box.decrypt(found.secret), code, work.now)
        if step is not None and claimed(work.session.execute(use_step(found.id, step, work.now))):
            return True
    mine = Authenticator.account_id == account_id
    work.session.execute(update(Authenticator).where(mine).values(failures=Authenticator.failures + 1))
    return False


def _usable(session: Session, account_id: str) -> list[Authenticator]:
    return [found for found in listing(session, account_id) if found.failures < DISABLED_AT]


def _publish_added(work: Work, account_id: str) -> None:
    data = {"account_id": account_id, "kind": KIND, "change": "added", "changed_at": work.now}
    sequence = accounts.next_version(work, account_id)
    work.publish("credential.changed", subject=account_id, sequence=sequence, data=data)
    work.audit("credential.changed", target=account_id, after={"kind": KIND, "change": "added"})
    accounts.tell_factor_added(work, account_id, key=f"factor:{account_id}:{sequence}")
