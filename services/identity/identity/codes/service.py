"""What happens to codes: sent, proved, looked after, forgotten. One function per verb."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.codes import letters, models, rules
from identity.codes.models import Code, CodeRun
from identity.codes.rules import Run
from identity.contacts.service import Contact
from identity.words import words_of
from shared import notices
from shared.crypto import keyed_sha256, same
from shared.db import claimed, insert_into
from shared.service import Context, Work

_MINUTES = int(rules.LIFE.total_seconds()) // 60
_BATCH = 200
KEPT = timedelta(days=7)  # what became of a message is shown to the desk that long


@dataclass(frozen=True)
class Sent:
    """A code is on its way. `masked`: what may be shown of the address; `resend_at`: when the next may be asked for."""

    masked: str
    channel: str
    resend_at: datetime


@dataclass(frozen=True)
class Wait:
    """No code was sent; one may be asked for at `until`."""

    until: datetime


@dataclass(frozen=True)
class Proof:
    """Somebody typed a code that had been sent to this contact."""

    channel: str
    contact_id: str


@dataclass(frozen=True)
class Delivery:
    """What became of one message. `state`: waiting (not sent yet), sent, or failed (refused or come back)."""

    purpose: str
    masked: str
    channel: str
    state: str
    sent_at: datetime
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class Guesses:
    """How many guesses are left, and until when there are none once they are used up."""

    left: int
    until: datetime | None


def send(work: Work, *, purpose: str, bound_to: str, contact: Contact) -> Sent | Wait:
    """Send a new code for `purpose` to the contact, good for whoever holds `bound_to`; earlier ones stay good.

    `purpose`: second_factor | verify | contact | binding | recovery. `bound_to`: the id of a session, a recovery or a
    contact (at most 100 characters). Codes live ten minutes. Raises KeyError for another purpose.
    """
    accounts.hold(work, contact.account_id)  # the count of an hour is one for all of the account's sign-ins
    run, kept = _locked(work, purpose, bound_to)
    until = rules.waits_until(kept, work.now) or _flooded(work, purpose, contact.id)
    if until is not None:
        return Wait(until)
    after = rules.after_sending(kept, work.now)
    run.tries, run.sends, run.sent_at, run.ends_at = after.tries, after.sends, after.sent_at, after.ends_at
    code = _new_code(work, purpose, bound_to, contact)
    _hand_over(work, code, contact)
    work.audit("code.sent", target=contact.account_id, after={"purpose": purpose, "channel": contact.kind})
    return Sent(contact.masked, contact.kind, rules.resend_at(after))


def prove(work: Work, *, purpose: str, bound_to: str, typed: str) -> Proof | None:
    """Return which contact is proved by what was typed, once; None for everything else, and then a guess is used up.

    The caller commits either way: a guess that is rolled back is a guess for free. What is not six digits is no guess.
    """
    digits = rules.read(typed)
    if digits is None or not claimed(work.session.execute(models.count_try(purpose, bound_to, work.now))):
        return None
    sent = work.session.scalars(models.usable(purpose, bound_to, work.now))
    keys = work.context.settings.secret_keys
    found = next((code for code in sent if _fits(code, digits, keys)), None)
    if found is None or not claimed(work.session.execute(models.use(found.id, work.now))):
        return None
    work.session.execute(models.burn(purpose, bound_to, work.now))
    work.session.execute(models.end_run(purpose, bound_to))
    return Proof(found.channel, found.contact_id)


def guesses(session: Session, *, purpose: str, bound_to: str, now: datetime) -> Guesses:
    """Return how many guesses are left of the codes of this run."""
    run = session.get(CodeRun, (purpose, bound_to))
    if run is None or run.ends_at <= now:
        return Guesses(rules.MOST_TRIES, None)
    left = max(0, rules.MOST_TRIES - run.tries)
    return Guesses(left, None if left else run.ends_at)


def delivery(session: Session, *, purpose: str, bound_to: str) -> list[Delivery]:
    """Return what became of the codes sent for this, newest first (C7); nothing once one of them was proved."""
    run = session.get(CodeRun, (purpose, bound_to))
    if run is None:
        return []
    sent = session.scalars(models.of_run(purpose, bound_to)).all()
    return _deliveries(session, sent, rules.resend_at(_facts(run)))


def recent(session: Session, account_id: str, limit: int = 20) -> list[Delivery]:
    """Return what became of the last codes sent to the account's person, newest first: for the desk."""
    return _deliveries(session, session.scalars(models.of_account(account_id, limit)).all(), None)


def forget_old(context: Context) -> int:
    """Job: remove codes a week after they expired, in short transactions; return how many."""
    total = 0
    while True:
        with context.transaction() as work:
            gone = len(work.session.scalars(models.forget(work.now - KEPT, _BATCH)).all())
            work.session.execute(models.forget_runs(work.now - KEPT))
        total += gone
        if gone < _BATCH:
            return total


def _locked(work: Work, purpose: str, bound_to: str) -> tuple[CodeRun, Run | None]:
    """Return the run's row, locked until the transaction ends, and what it says; a new row says nothing."""
    values = {"purpose": purpose, "bound_to": bound_to, "tries": 0, "sends": 0}
    fresh = insert_into(work.session, CodeRun).values(**values, sent_at=work.now, ends_at=work.now)
    work.session.execute(fresh.on_conflict_do_nothing())
    key = (purpose, bound_to)
    run = work.session.get_one(CodeRun, key, with_for_update=True, populate_existing=True)
    return run, _facts(run)


def _facts(run: CodeRun) -> Run:
    return Run(run.tries, run.sends, run.sent_at, run.ends_at)


def _flooded(work: Work, purpose: str, contact_id: str) -> datetime | None:
    """Each purpose by itself: what strangers let be sent by recovery uses up none of the owner's (threat 28)."""
    count, first = work.session.execute(models.sent_since(purpose, contact_id, work.now - rules.HOUR)).one()
    return first + rules.HOUR if count >= rules.MOST_AN_HOUR and first is not None else None


def _new_code(work: Work, purpose: str, bound_to: str, contact: Contact) -> tuple[Code, str]:
    code_id, digits = work.ids.new("cod"), work.ids.digits(rules.DIGITS)
    code = Code(
        id=code_id,
        purpose=purpose,
        bound_to=bound_to,
        account_id=contact.account_id,
        contact_id=contact.id,
        channel=contact.kind,
        masked=contact.masked,
        code_hash=_hashed(work.context.settings.secret_keys[0], code_id, digits),
        sent_at=work.now,
        expires_at=work.now + rules.LIFE,
    )
    work.session.add(code)
    work.session.flush()
    return code, digits


def _hand_over(work: Work, made: tuple[Code, str], contact: Contact) -> None:
    code, digits = made
    account = accounts.get(work.session, contact.account_id)
    words = words_of(account.language if account else "en")
    key = _notice_key(code.id)
    settings = work.context.settings
    if contact.kind == "sms":
        host = urlsplit(settings.public_url).hostname or ""
        work.sms(contact.address, letters.text_message(words, settings.brand, code.purpose, digits, host), key=key)
        return
    name = account.display_name if account else ""
    subject, text = letters.mail(words, name, code.purpose, digits, _MINUTES)
    work.mail(contact.address, subject, text, key=key)


def _deliveries(session: Session, codes: Sequence[Code], resend_at: datetime | None) -> list[Delivery]:
    states = notices.states(session, [_notice_key(code.id) for code in codes])
    return [
        Delivery(
            purpose=code.purpose,
            masked=code.masked,
            channel=code.channel,
            state=states.get(_notice_key(code.id), "sent"),  # an old message's row is gone: it left long ago
            sent_at=code.sent_at,
            expires_at=code.expires_at,
            resend_at=resend_at or code.expires_at,
        )
        for code in codes
    ]


def _fits(code: Code, digits: str, keys: Sequence[bytes]) -> bool:
    return any(same(code.code_hash, _hashed(key, code.id, digits)) for key in keys)


def _hashed(key: bytes, code_id: str, digits: str) -> str:
    # Keyed, because a million guesses at a bare hash take a second; bound to its row, so that equal codes differ.
    return keyed_sha256(key, f"code:{code_id}:{digits}")


def _notice_key(code_id: str) -> str:
    return f"code:{code_id}"
