"""The letter about a browser that nobody knew, and the link in it that says "that was not me" (D2, ASVS 6.3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.risk import letters
from identity.risk.letters import Told
from identity.risk.models import Alarm, SignIn, answer, take_waiting, waiting
from identity.risk.models import disown as disowned
from identity.risk.service import SignInView, view
from shared.crypto import sha256
from shared.i18n import Message
from shared.service import Context, Work

LIFE = timedelta(days=10)
PATH = "/recover/not-me"
_BATCH = 50
_LISTED = 10  # sign-ins in one letter; the rest are on the activity page


@dataclass(frozen=True)
class Doubt:
    """What a letter told of: the sign-ins that its link disowns."""

    id: str
    account_id: str
    sign_ins: tuple[SignInView, ...]


def tell(context: Context) -> int:
    """Job: write one letter to every account whose waiting is over, about all of its sign-ins; return how many."""
    with context.reading() as session:
        due = list(session.scalars(waiting(context.clock.now(), _BATCH)))
    return sum(_tell(context, account_id) for account_id in due)


def doubt(session: Session, token: str, now: datetime) -> Doubt | None:
    """Return what the link disowns, or None where it is unknown, used or over. Changes nothing: scanners open links."""
    good = (Alarm.token_hash == sha256(token)) & Alarm.used_at.is_(None) & (Alarm.expires_at > now)
    found = session.scalars(select(Alarm).where(good)).one_or_none()
    return _doubt(session, found) if found else None


def disown(work: Work, token: str) -> bool:
    """Use the link, once; False where it is unknown, used or over. The caller ends sessions and the password.

    Until the transaction ends nobody enters the account, so that no session begins unseen by who ends them all.
    """
    found = work.session.scalars(answer(sha256(token), work.now)).one_or_none()
    if found is None:
        return False
    accounts.hold(work, found.account_id)
    work.session.execute(disowned(found.account_id, found.sign_ins))
    work.audit("sign_in.disowned", target=found.account_id, after={"sign_ins": found.sign_ins})
    return True


def tell_disowned(work: Work, doubt: Doubt) -> None:
    """Tell every address what the link did."""
    phone = work.context.settings.help_phone
    contacts.tell_everywhere(
        work,
        doubt.account_id,
        lambda words, name: letters.not_me_done(words, name, phone),
        key=f"disowned:{doubt.id}",
    )


def _tell(context: Context, account_id: str) -> int:
    with context.transaction() as work:
        rows = sorted(work.session.scalars(take_waiting(account_id)), key=lambda row: row.at)
        if not rows:  # another worker was first
            return 0
        token = work.ids.token()
        alarm = _alarm(work, account_id, rows, token)
        link = f"{context.settings.public_url}{PATH}?token={token}"
        told = [_told(row) for row in rows[-_LISTED:]]
        contacts.tell_by_trust(
            work,
            account_id,
            lambda words, name: letters.unknown_browser(words, name, told, link),
            lambda words, name: letters.unknown_browser(words, name, told, None),
            key=f"sign-in:{alarm.id}",
        )
    return 1


def _alarm(work: Work, account_id: str, rows: Iterable[SignIn], token: str) -> Alarm:
    alarm = Alarm(
        id=work.ids.new("alm"),
        account_id=account_id,
        token_hash=sha256(token),
        sign_ins=[row.id for row in rows],
        created_at=work.now,
        expires_at=work.now + LIFE,
    )
    work.session.add(alarm)
    work.session.flush()
    return alarm


def _told(row: SignIn) -> Told:
    return Told(row.at, row.label, row.place, row.source, _became(row), tuple(row.reasons))


def _became(row: SignIn) -> Message:
    if row.outcome == "denied":
        return letters.STOPPED
    open_still = row.outcome == "signed_in" and row.verdict == "verify"
    return letters.HALF if open_still else letters.IN


def _doubt(session: Session, alarm: Alarm) -> Doubt:
    rows = session.scalars(select(SignIn).where(SignIn.id.in_(alarm.sign_ins)).order_by(SignIn.at))
    return Doubt(alarm.id, alarm.account_id, tuple(view(row) for row in rows))
