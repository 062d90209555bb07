"""What happens to passwords: set, read for a check, failures counted. Hashing itself happens outside transactions."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.passwords.checking import Fits
from identity.passwords.models import FITTED, Password
from identity.policies.rules import DEFAULTS, Policies
from identity.policies.service import current
from shared.db import claimed
from shared.service import Work

_KIND = "password"
# Consecutive failures (SP 800-63B-4 §3.2.2): from the policy's count on, a hundred at most, the password is disabled
# until it is bound anew. Strangers can use up that hundred, and must not shut the owner out of a device that was
# proved before (threat 28, §3.2.2 on allow-lists): there it works on, with a hundred that only such devices can use up.
_COUNTED = 100
_COUNTED_ON_PROVED = 2 * _COUNTED


def set_password(work: Work, account_id: str, hashed: str) -> None:
    """Give the account this password (a hash from `Hasher.hash`), and say so where it replaces one."""
    known = work.session.get(Password, account_id, with_for_update=True)
    if known is None:
        work.session.add(Password(account_id=account_id, hash=hashed, changed_at=work.now, failures=0))
        work.session.flush()
        work.audit("credential.changed", target=account_id, after={"kind": _KIND, "change": "added"})
        return
    known.hash, known.changed_at, known.failures = hashed, work.now, 0
    work.session.flush()
    _tell_replaced(work, account_id)


def replace(work: Work, account_id: str, old_hash: str, new_hash: str) -> bool:
    """Give the account another password in place of the one that was checked; False when it changed meanwhile."""
    mine = (Password.account_id == account_id) & (Password.hash == old_hash)
    values = {"hash": new_hash, "changed_at": work.now, "failures": 0}
    if not claimed(work.session.execute(update(Password).where(mine).values(values))):
        return False
    _tell_replaced(work, account_id)
    return True


def stored_hash(
    session: Session, account_id: str, policies: Policies = DEFAULTS, *, proved: bool = False
) -> str | None:
    """Return the hash to check against; None where there is no password or it is disabled by failures.

    `proved`: it was typed on a device that this account has proved before.
    """
    found = session.execute(select(Password.hash, Password.failures).where(Password.account_id == account_id)).first()
    return usable(found.hash, found.failures, policies, proved=proved) if found else None


def usable(hashed: str, failures: int, policies: Policies, *, proved: bool) -> str | None:
    """Return the hash, or None where as many failures have disabled it; `proved` as in `stored_hash`."""
    return hashed if failures < (_COUNTED_ON_PROVED if proved else policies.disable_failures) else None


def note_success(work: Work, account_id: str, fits: Fits, *, stored: str | None, failures: int | None) -> bool:
    """Forget failures; store a stronger hash of the same password. False when the password changed meanwhile.

    `stored`, `failures`: the row as it was read under the account's lock. Whoever changes a password takes that lock
    before they end the sessions of before, so what is read there is enough, and most sign-ins have nothing to write.
    """
    if stored != fits.old_hash:
        return False
    if fits.new_hash is None and failures == 0:
        return True
    values = {"failures": 0, "hash": fits.new_hash or fits.old_hash}
    return claimed(work.session.execute(FITTED, {"whose": account_id, "old": fits.old_hash, **values}))


def note_failure(work: Work, account_id: str | None, *, proved: bool = False) -> None:
    """Count a wrong password. The same statement runs for an account that does not exist: same work, same time.

    What is disabled counts no further, so that strangers never use up what is left to a proved device.
    """
    most = _COUNTED_ON_PROVED if proved else _COUNTED
    mine = (Password.account_id == (account_id or "")) & (Password.failures < most)
    work.session.execute(update(Password).where(mine).values(failures=Password.failures + 1))


def disabled(session: Session, account_id: str) -> bool:
    """Return whether failures have disabled the password: the desk sees it, recovery mends it."""
    spent = (Password.account_id == account_id) & (Password.failures >= current(session).disable_failures)
    return session.scalars(select(Password.account_id).where(spent)).first() is not None


def changed_at(session: Session, account_id: str) -> datetime | None:
    """Return when the password was chosen, or None where there is none."""
    return session.scalars(select(Password.changed_at).where(Password.account_id == account_id)).one_or_none()


def expired(session: Session, account_id: str, policies: Policies, now: datetime) -> bool:
    """Return whether the operator's policy wants the password changed because of its age.

    The default is never (SP 800-63B-4 §3.1.1.2(6)); without the policy nothing is read.
    """
    if policies.password_max_age_days is None:
        return False
    chosen = changed_at(session, account_id)
    return chosen is not None and now - chosen >= timedelta(days=policies.password_max_age_days)


def _tell_replaced(work: Work, account_id: str) -> None:
    data = {"account_id": account_id, "kind": _KIND, "change": "replaced", "changed_at": work.now}
    sequence = accounts.next_version(work, account_id)
    work.publish("credential.changed", subject=account_id, sequence=sequence, data=data)
    work.audit("credential.changed", target=account_id, after={"kind": _KIND, "change": "replaced"})
