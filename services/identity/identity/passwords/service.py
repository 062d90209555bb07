"""What happens to passwords: set, read for a check, failures counted. Hashing itself happens outside transactions."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.passwords.models import Password
from shared.db import claimed
from shared.service import Work

DISABLED_AT = 100  # consecutive failures (SP 800-63B-4 §3.2.2): then the password must be bound anew


def set_password(work: Work, account_id: str, hashed: str) -> None:
    """Give the account this password (a hash from `Hasher.hash`) and say that it changed."""
    known = work.session.get(Password, account_id)
    if known is None:
        work.session.add(Password(account_id=account_id, hash=hashed, changed_at=work.now, failures=0))
    else:
        known.hash, known.changed_at, known.failures = hashed, work.now, 0
    work.session.flush()
    work.audit("credential.changed", target=account_id, after={"kind": "password"})


def stored_hash(session: Session, account_id: str) -> str | None:
    """Return the hash to check against; None where there is no password or it is disabled by failures."""
    usable = (Password.account_id == account_id) & (Password.failures < DISABLED_AT)
    return session.scalars(select(Password.hash).where(usable)).one_or_none()


def note_success(work: Work, account_id: str, old_hash: str, new_hash: str | None) -> bool:
    """Forget failures; store a stronger hash of the same password. False when the password changed meanwhile."""
    mine = (Password.account_id == account_id) & (Password.hash == old_hash)
    result = work.session.execute(update(Password).where(mine).values(failures=0, hash=new_hash or old_hash))
    return claimed(result)


def note_failure(work: Work, account_id: str | None) -> None:
    """Count a wrong password. The same statement runs for an account that does not exist: same work, same time."""
    mine = Password.account_id == (account_id or "")
    work.session.execute(update(Password).where(mine).values(failures=Password.failures + 1))
