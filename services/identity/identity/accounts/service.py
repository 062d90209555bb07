"""What happens to accounts: opened, named by their person, activated, found. One function per verb."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.accounts import letters, telling
from identity.accounts.canonical import canonical, written
from identity.accounts.models import HELD, TAKEN, Account, become, end_rest, promise_active, rest, rested
from identity.accounts.models import close as close_down
from identity.accounts.models import reinstate as let_go
from identity.accounts.models import suspend as hold_back
from identity.accounts.states import Population, Status
from shared.db import claimed
from shared.errors import not_found
from shared.service import Context, Work

_BATCH = 200
_LONGEST_REST = timedelta(days=3650)


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
class Taken:
    """What sign-in asks of an account; instants are aware UTC."""

    id: str
    population: str
    status: str
    support_code: str | None
    reset_required_at: datetime | None
    nudged_at: datetime | None


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
    account = _reread(work, account_id)
    telling.opened(work, account)
    return account


def activate(work: Work, account_id: str, reason: str) -> bool:
    """Turn a pending account active and say so; False when it is not pending. A suspended one returns as active."""
    pending = become(account_id, Status.ACTIVE).where(Account.status == Status.PENDING.value)
    if not claimed(work.session.execute(pending.values(activated_at=work.now))):
        work.session.execute(promise_active(account_id))
        return False
    account = _reread(work, account_id)
    telling.standing(work, account, "account.activated", reason)
    work.audit("account.activated", target=account.id, reason=reason)
    return True


def hold(work: Work, account_id: str) -> Account | None:
    """Lock the account's row until the transaction ends, so that what follows happens once at a time for it."""
    fresh = {"populate_existing": True}
    return work.session.scalars(HELD, {"account_id": account_id}, execution_options=fresh).one_or_none()


def take(work: Work, account_id: str) -> Taken | None:
    """The same lock for who asks no more than this of the account: sign-in does, all day."""
    found = work.session.execute(TAKEN, {"account_id": account_id}).one_or_none()
    return Taken(*found) if found else None


def next_version(work: Work, account_id: str) -> int:
    """Count a change of the account that is no column of it (a credential, a rest); return its new version."""
    counted = update(Account).where(Account.id == account_id).values(version=Account.version + 1)
    return int(work.session.execute(counted.returning(Account.version)).scalar_one())


def note_rest(work: Work, account_id: str, until: datetime) -> None:
    """Say that the account rests after failures, to listeners and to its owner. It ends by itself at `until`.

    Of an account that is held or closed nothing new is said.
    """
    if not claimed(work.session.execute(rest(account_id, until))):
        return
    account = _reread(work, account_id)
    telling.standing(work, account, "account.locked", "failures", until)
    work.audit("account.locked", target=account_id, after={"until": until.isoformat()}, reason="failures")
    subject, text = letters.resting(account.language, account.display_name, until)
    work.mail(account.email, subject, text, key=f"rest:{account_id}:{account.version}")


def end_rests(context: Context) -> int:
    """Job: say of every account whose rest is over that it can sign in again; return how many."""
    with context.transaction() as work:
        ids = list(work.session.scalars(rested(work.now, _BATCH)))
        return sum(_end_rest(work, account_id, work.now, "time", "time") for account_id in ids)


def unlock(work: Work, account_id: str, reason: str) -> bool:
    """End a rest now; the caller clears the throttle. False where the account does not rest."""
    return _end_rest(work, account_id, work.now + _LONGEST_REST, "lifted", reason)


def suspend(work: Work, account_id: str, reason: str) -> bool:
    """Hold an account until somebody lets it go. `reason`: the operator's words, kept for the desk and the audit.

    False where it is not pending or active. The caller ends the sessions in the same transaction (ASVS 7.4.2).
    """
    if not claimed(work.session.execute(hold_back(account_id, reason, _support_code(work)))):
        return False
    account = _reread(work, account_id)
    telling.standing(work, account, "account.locked", "suspended")
    work.audit("account.suspended", target=account_id, before={"status": account.held_from}, reason=reason)
    return True


def reinstate(work: Work, account_id: str, reason: str) -> bool:
    """Let a suspended account go to where it stood; False where it is not suspended."""
    for back_to in (Status.ACTIVE, Status.PENDING):
        if claimed(work.session.execute(let_go(account_id, back_to))):
            account = _reread(work, account_id)
            telling.standing(work, account, "account.unlocked", "reinstated")
            work.audit("account.reinstated", target=account_id, after={"status": account.status}, reason=reason)
            return True
    return False


def close(work: Work, account_id: str, reason: str) -> bool:
    """Close an account for good; False where it is closed already. Its user ID is never given to anybody else.

    The caller ends the sessions in the same transaction (ASVS 7.4.2).
    """
    account = _reread(work, account_id)
    before, code = account.status, account.support_code or _support_code(work)
    if not claimed(work.session.execute(close_down(account_id, reason, code, work.now))):
        return False
    account = _reread(work, account_id)
    telling.standing(work, account, "account.closed", "closed")
    work.audit("account.closed", target=account_id, before={"status": before}, reason=reason)
    return True


def require_reset(work: Work, account_id: str, reason: str) -> None:
    """Demand a new password at the next sign-in: somebody else may know the present one (SP 800-63B-4 §3.1.1.2)."""
    demanded = update(Account).where(Account.id == account_id).values(reset_required_at=work.now)
    work.session.execute(demanded)
    work.audit("account.reset_required", target=account_id, reason=reason)


def clear_reset(work: Work, account_id: str) -> None:
    """A new password has been chosen: nothing is demanded any more."""
    due = (Account.id == account_id) & Account.reset_required_at.is_not(None)
    if claimed(work.session.execute(update(Account).where(due).values(reset_required_at=None))):
        work.audit("account.reset_done", target=account_id)


def mirror_contact(work: Work, account_id: str, kind: str, address: str | None) -> None:
    """Write the main e-mail address or mobile of the account. Only the contacts room calls this; it owns the list."""
    columns: dict[str, object] = {"phone": address, "phone_verified": address is not None}
    if kind == "email":
        columns = {"email": address, "email_key": (address or "").casefold(), "email_verified": True}
    work.session.execute(update(Account).where(Account.id == account_id).values(columns))
    _reread(work, account_id)


def speak(work: Work, account_id: str, language: str) -> None:
    """Write to the account's person in this language from now on; the caller has checked that it is offered."""
    other = (Account.id == account_id) & (Account.language != language)
    if claimed(work.session.execute(update(Account).where(other).values(language=language))):
        work.audit("account.language_chosen", target=account_id, after={"language": language})


def get(session: Session, account_id: str) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def existing(session: Session, account_id: str) -> Account:
    """Return the account with this id; raises the 404 Problem where there is none."""
    found = get(session, account_id)
    if found is None:
        raise not_found()
    return found


def by_support_code(session: Session, code: str) -> Account | None:
    """Return the suspended or closed account whose person reads out this code, or None."""
    return session.scalars(select(Account).where(Account.support_code == code)).one_or_none()


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


def _end_rest(work: Work, account_id: str, until: datetime, kind: str, reason: str) -> bool:
    if not claimed(work.session.execute(end_rest(account_id, until))):
        return False
    account = _reread(work, account_id)
    telling.standing(work, account, "account.unlocked", kind)
    work.audit("account.unlocked", target=account_id, reason=reason)
    return True


def _reread(work: Work, account_id: str) -> Account:
    return work.session.get_one(Account, account_id, populate_existing=True)


def _support_code(work: Work) -> str:
    """Return eight digits that no account has: read out on the phone, they name the case and prove nothing."""
    while True:
        code = work.ids.digits(8)
        if work.session.scalar(select(Account.id).where(Account.support_code == code)) is None:
            return code


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
