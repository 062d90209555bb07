"""What happens to accounts: opened, named by their person, activated, found. One function per verb."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.accounts import letters
from identity.accounts.canonical import canonical, written
from identity.accounts.models import Account, become, end_rest, rest, rested
from identity.accounts.states import Population, Status
from shared.db import claimed
from shared.service import Context, Work

_BATCH = 200


@dataclass(frozen=True)
class NewAccount:
    """What an account is opened with. `proved`: the caller has proved both contact points by codes."""

    display_name: str
    email: str
    mobile: str | None
    population: Population
    language: str = "en"
    reference: str | None = None
    staff_role: str | None = None
    proved: bool = True


@dataclass(frozen=True)
class Claims:
    """What tokens and pages may say of a person; everything is a fact at the time of reading."""

    account_id: str
    user_id: str | None
    display_name: str
    email: str
    email_verified: bool
    phone: str | None
    phone_verified: bool
    population: str
    staff_role: str | None
    status: str
    language: str


def open_account(work: Work, new: NewAccount, opened_by: str) -> tuple[Account, bool]:
    """Return the account for the caller's reference, and whether this call opened it (state `invited`).

    Until its person has taken it, an account follows what its opener proved last.
    """
    known = by_reference(work.session, opened_by, new.reference)
    if known is not None:
        _renew(work, known, new)
        return known, False
    account = Account(
        id=work.ids.new("acc"),
        opened_by=opened_by,
        reference=new.reference,
        **_told(new),
        population=new.population.value,
        staff_role=new.staff_role,
        status=Status.INVITED.value,
        opened_at=work.now,
        version=1,
    )
    try:
        with work.session.begin_nested():
            work.session.add(account)
    except IntegrityError:  # the same call twice at once: the other one opened it
        return _must(by_reference(work.session, opened_by, new.reference)), False
    work.audit("account.invited", target=account.id, after={"population": account.population})
    return account, True


def name_account(work: Work, account_id: str, user_id: str, status: Status) -> Account | None:
    """Give an invited account its user ID and its next state; None when it has been named meanwhile.

    Raises sqlalchemy's IntegrityError when somebody else took a name like it in the same instant.
    """
    named = become(account_id, status).where(Account.status == Status.INVITED.value)
    values = {"user_id": written(user_id), "user_id_canonical": canonical(user_id)}
    activated_at = work.now if status is Status.ACTIVE else None
    if not claimed(work.session.execute(named.values(**values, activated_at=activated_at))):
        return None
    account = work.session.get_one(Account, account_id, populate_existing=True)
    _publish_opened(work, account)
    return account


def activate(work: Work, account_id: str, reason: str) -> bool:
    """Turn a pending account active and say so; False when it is not pending."""
    pending = become(account_id, Status.ACTIVE).where(Account.status == Status.PENDING.value)
    if not claimed(work.session.execute(pending.values(activated_at=work.now))):
        return False
    account = work.session.get_one(Account, account_id, populate_existing=True)
    _publish_standing(work, account, "account.activated", account.status, reason)
    work.audit("account.activated", target=account.id, reason=reason)
    return True


def hold(work: Work, account_id: str) -> None:
    """Lock the account's row until the transaction ends, so that what follows happens once at a time for it."""
    work.session.get(Account, account_id, with_for_update=True)


def next_version(work: Work, account_id: str) -> int:
    """Count a change of the account that is no column of it (a credential, a rest); return its new version."""
    counted = update(Account).where(Account.id == account_id).values(version=Account.version + 1)
    return int(work.session.execute(counted.returning(Account.version)).scalar_one())


def note_rest(work: Work, account_id: str, until: datetime) -> None:
    """Say that the account rests after failures, to listeners and to its owner. It ends by itself at `until`."""
    work.session.execute(rest(account_id, until))
    account = work.session.get_one(Account, account_id, populate_existing=True)
    _publish_standing(work, account, "account.locked", "locked", "failures", until)
    work.audit("account.locked", target=account_id, after={"until": until.isoformat()}, reason="failures")
    subject, text = letters.resting(account.language, account.display_name, until)
    work.mail(account.email, subject, text, key=f"rest:{account_id}:{account.version}")


def end_rests(context: Context) -> int:
    """Job: say of every account whose rest is over that it can sign in again; return how many."""
    with context.transaction() as work:
        ids = list(work.session.scalars(rested(work.now, _BATCH)))
        return sum(_end_rest(work, account_id) for account_id in ids)


def tell_factor_added(work: Work, account_id: str, key: str) -> None:
    """Mail the owner that an authenticator app was added (SP 800-63B-4 §4.6)."""
    account = work.session.get_one(Account, account_id)
    subject, text = letters.factor_added(account.language, account.display_name, work.now)
    work.mail(account.email, subject, text, key=key)


def get(session: Session, account_id: str) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def find_by_user_id(session: Session, user_id: str) -> Account | None:
    """Return the account whose user ID is exactly this one, case included, or None."""
    return session.scalars(select(Account).where(Account.user_id == written(user_id))).one_or_none()


def by_reference(session: Session, opened_by: str, reference: str | None) -> Account | None:
    """Return the account that this caller opened under this reference, or None."""
    if reference is None:
        return None
    mine = (Account.opened_by == opened_by) & (Account.reference == reference)
    return session.scalars(select(Account).where(mine)).one_or_none()


def is_taken(session: Session, user_id: str) -> bool:
    """Return whether an account has this user ID or one that a person could take for it."""
    same = select(Account.id).where(Account.user_id_canonical == canonical(user_id))
    return session.scalars(same).first() is not None


def claims(account: Account) -> Claims:
    """Return what tokens and pages may say of the account's person."""
    return Claims(
        account_id=account.id,
        user_id=account.user_id,
        display_name=account.display_name,
        email=account.email,
        email_verified=account.email_verified,
        phone=account.phone,
        phone_verified=account.phone_verified,
        population=account.population,
        staff_role=account.staff_role,
        status=account.status,
        language=account.language,
    )


def _end_rest(work: Work, account_id: str) -> bool:
    if not claimed(work.session.execute(end_rest(account_id, work.now))):
        return False
    account = work.session.get_one(Account, account_id, populate_existing=True)
    _publish_standing(work, account, "account.unlocked", account.status, "time")
    work.audit("account.unlocked", target=account_id, reason="time")
    return True


def _told(new: NewAccount) -> dict[str, object]:
    """What the opener says of the person, as columns."""
    return {
        "display_name": new.display_name,
        "email": new.email,
        "email_key": new.email.casefold(),
        "email_verified": new.proved,
        "phone": new.mobile,
        "phone_verified": new.proved and new.mobile is not None,
        "language": new.language,
    }


def _renew(work: Work, known: Account, new: NewAccount) -> None:
    told = _told(new)
    if all(getattr(known, name) == value for name, value in told.items()):
        return
    untaken = (Account.id == known.id) & (Account.status == Status.INVITED.value)
    if claimed(work.session.execute(update(Account).where(untaken).values(told))):
        work.session.refresh(known)
        work.audit("account.renewed", target=known.id)


def _must(account: Account | None) -> Account:
    if account is None:
        raise LookupError("an account vanished within a transaction")
    return account


def _publish_opened(work: Work, account: Account) -> None:
    data = {
        "account_id": account.id,
        "reference": account.reference,
        "population": account.population,
        "status": account.status,
    }
    work.publish("account.opened", subject=account.id, sequence=account.version, data=data)
    subject, text = letters.opened(account.language, account.display_name, account.user_id or "")
    work.mail(account.email, subject, text, key=f"opened:{account.id}")
    work.audit("account.opened", target=account.id, after={"status": account.status})


def _publish_standing(
    work: Work, account: Account, kind: str, status: str, reason: str, locked_until: datetime | None = None
) -> None:
    data = {
        "account_id": account.id,
        "population": account.population,
        "status": status,
        "reason": reason,
        "locked_until": locked_until,
    }
    work.publish(kind, subject=account.id, sequence=account.version, data=data)
