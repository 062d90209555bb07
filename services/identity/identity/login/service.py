"""What happens at sign-in. The check of a password runs between two transactions, because a hash takes longer than a
lock may be held; everything it finds out is then written by one of the use cases below."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from identity.accounts import service as accounts
from identity.accounts.canonical import LONGEST
from identity.accounts.models import Account
from identity.accounts.service import Taken
from identity.accounts.states import Status, may_sign_in
from identity.codes import service as codes
from identity.codes.service import Sent, Wait
from identity.contacts import service as contacts
from identity.devices import computers
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.entitlements import service as entitlements
from identity.login.lookup import Present, look_again, look_up
from identity.login.standing import Person
from identity.mfa import assurance
from identity.mfa.assurance import ACR_2, ACR_PHR, satisfies
from identity.passwords import checking, choice
from identity.passwords import service as passwords
from identity.passwords.checking import Fits, Waiting, Wrong
from identity.policies import service as policies
from identity.policies.rules import Policies
from identity.risk import assess
from identity.risk import service as risk
from identity.risk.assess import Verdict
from identity.sessions import service as sessions
from identity.sessions.service import RENEW, SessionView
from identity.sessions.service import VERIFY as VERIFY  # also the purpose of the code that pays it
from shared.service import Context, Work
from shared.together import together

_LONGEST_TYPED = 4 * LONGEST


@dataclass(frozen=True)
class Recognized:
    """The password fits. `fits` says whether its hash is to be made anew; `stolen`: it is on the operator's list.

    `rules`: the policies that this sign-in goes by.
    """

    account_id: str
    population: str
    fits: Fits
    stolen: bool
    rules: Policies


@dataclass(frozen=True)
class Refused:
    """Unknown name or wrong password, told alike. `proved`: on a device that this account has proved before."""

    account_id: str | None
    wrong: Wrong
    proved: bool


@dataclass(frozen=True)
class Entered:
    """A session is there: `secret` is for its cookie, `device_secret` for that of a device seen for the first time.

    `session` and `person`: what was opened and for whom, where that is known already; else it is to be read.
    """

    secret: str
    device_secret: str | None
    session: SessionView | None = None
    person: Person | None = None


@dataclass(frozen=True)
class Denied:
    """The proof fits, and still nobody is let in: the operator's rule for such a risk. `reasons`: risk's codes."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """The proof fits, and the account may not be used: `support_code` is read out to the support desk."""

    status: Status
    support_code: str | None


Outcome = Entered | Denied | Held


def check_password(place: Context, user_id: str, password: str, browser: Browser) -> Recognized | Refused | Waiting:
    """Find out whether the password fits; the same work is done for names that nobody has. Writes no row.

    A device that this account has proved before counts its own tries: strangers cannot shut its owner out (threat 28).
    """
    found = look_up(place.database, user_id[:_LONGEST_TYPED], browser)
    checked = checking.check(place, found.attempt, found.stored, password)
    if isinstance(checked, Waiting):
        return checked
    if isinstance(checked, Wrong) or found.account_id is None:
        wrong = checked if isinstance(checked, Wrong) else Wrong(None)
        return Refused(found.account_id, wrong, found.attempt.device is not None)
    return Recognized(found.account_id, found.population, checked, choice.stolen(place, password), found.rules)


def note_refusal(work: Work, refused: Refused, browser: Browser) -> None:
    """Remember a failed sign-in, and tell the owner when the account rests because of it."""
    passwords.note_failure(work, refused.account_id, proved=refused.proved)
    risk.record(work, refused.account_id, browser, None, "refused", None, None)
    work.audit("sign_in.refused", target=refused.account_id or "unknown")
    if refused.account_id is not None and refused.wrong.rests_until is not None:
        accounts.note_rest(work, refused.account_id, refused.wrong.rests_until)


def sign_in(work: Work, known: Recognized, browser: Browser, present: SessionView | None) -> Outcome | None:
    """Enter by a password that fitted; None when it was changed in the meantime: the person starts over."""
    account = accounts.take(work, known.account_id)
    policies.goes_by(work.session, known.rules)
    if account is None:
        return None
    now = look_again(work.session, account.id, browser, work.now)
    if not passwords.note_success(work, account.id, known.fits, stored=now.stored, failures=now.failures):
        return None
    if known.stolen:
        accounts.require_reset(work, account.id, "stolen_password")
        account = replace(account, reset_required_at=work.now)
    return _enter(work, account, now, (assurance.PASSWORD,), browser, present)


def enter(
    work: Work, account_id: str, amr: Iterable[str], browser: Browser, present: SessionView | None
) -> Outcome | None:
    """Open the session, or prove the present one anew, as risk allows; None when that ended in the same instant.

    Another person's session in the same browser, or at the same shared computer, ends everywhere (domain §4). What is
    owed (one more proof, another password) stands in the session, so that nobody is taken for signed in before.
    """
    account = accounts.take(work, account_id)  # whoever ends all sessions now must find this one, or be seen here
    if account is None:
        return None
    return _enter(work, account, look_again(work.session, account_id, browser, work.now), tuple(amr), browser, present)


def _enter(
    work: Work,
    account: Taken,
    now: Present,
    methods: tuple[str, ...],
    browser: Browser,
    present: SessionView | None,
) -> Outcome | None:
    account_id = account.id
    if not may_sign_in(Status(account.status)):
        work.audit("sign_in.refused", target=account_id, reason=account.status)
        return Held(Status(account.status), account.support_code)
    device = now.device
    verdict = risk.judge(work.session, account_id, browser, device, now.recent, work.now)
    if verdict.outcome is assess.Outcome.DENY:
        risk.record(work, account_id, browser, verdict, "denied", None, device.id if device else None)
        return Denied(verdict.reasons)
    person = Person(account, now.held, now.enrolled)
    owes = _owed(work, account, methods, verdict, present)
    whole = owes is None and (satisfies(assurance.acr(methods), ACR_2) or not person.enrolled)
    device_id, device_secret = devices.seen(work, account_id, browser, proved=whole, known=device)
    opening = _Opening(person, methods, browser, device_id, owes, verdict.reasons)
    with together(work.session):
        enter_by = _again if _same(present, account_id) else _new
        session_id, entered = enter_by(work, present, opening)
        if entered is None:
            return None
        risk.record(work, account_id, browser, _as_asked(verdict, owes), "signed_in", session_id, device_id)
    if owes == VERIFY and not person.enrolled:
        send_verification(work, account_id, session_id)
    return replace(entered, device_secret=device_secret)


def add_proof(work: Work, present: SessionView, amr: Iterable[str], browser: Browser) -> str | None:
    """Add a proof to the session, which pays one that is owed; return the cookie's new secret, None when it ended."""
    secret = sessions.raise_assurance(work, present.id, amr, present.auth_time)
    if secret is not None:
        _proved(work, present, browser)
    return secret


def verify(work: Work, present: SessionView, code: str, browser: Browser) -> str | None:
    """Pay the owed proof by the code that was sent, which raises no level; return the cookie's new secret.

    From here on the session is somebody's, so the secret of before is dead (threat 20). None for a code that is not
    accepted, and where the session ended in the same instant.
    """
    if codes.prove(work, purpose=VERIFY, bound_to=present.id, typed=code) is None:
        return None
    return add_proof(work, present, (), browser)


def send_verification(
    work: Work, account_id: str, session_id: str, contact_id: str | None = None
) -> Sent | Wait | None:
    """Send the code for an owed proof to a trusted address (the primary one); None for somebody who has none."""
    trusted = contacts.for_recovery(work.session, account_id, work.now)
    chosen = [one for one in trusted if one.id == contact_id] or sorted(trusted, key=lambda one: not one.primary)
    return codes.send(work, purpose=VERIFY, bound_to=session_id, contact=chosen[0]) if chosen else None


def choose_organization(work: Work, present: SessionView, organization_id: str) -> bool:
    """Work for this organization from now on; False where the person is no member of it."""
    held = entitlements.active(work.session, present.account_id, work.now)
    if organization_id not in {one.organization["id"] for one in held}:
        return False
    return sessions.choose_organization(work, present.id, organization_id)


@dataclass(frozen=True)
class _Opening:
    """What a session begins with."""

    person: Person
    methods: tuple[str, ...]
    browser: Browser
    device_id: str | None
    owes: str | None
    reasons: tuple[str, ...]


def _same(present: SessionView | None, account_id: str) -> bool:
    return present is not None and present.account_id == account_id


def _again(work: Work, present: SessionView | None, opening: _Opening) -> tuple[str, Entered | None]:
    session_id = present.id if present else ""
    secret = sessions.reauthenticate(
        work, session_id, opening.methods, work.now, owes=opening.owes, reasons=opening.reasons
    )
    return session_id, Entered(secret, None) if secret else None


def _new(work: Work, present: SessionView | None, opening: _Opening) -> tuple[str, Entered]:
    if present is not None:
        sessions.end(work, present.id, "switched_person")
    session, secret = sessions.open_session(
        work,
        opening.person.account.id,
        opening.methods,
        work.now,
        held=opening.person.held,
        browser=opening.browser,
        device_id=opening.device_id,
        owes=opening.owes,
        reasons=opening.reasons,
    )
    former = computers.occupy(work, opening.browser, session.id)
    if former is not None:
        sessions.end(work, former, "switched_person")
    return session.id, Entered(secret, None, session, opening.person)


def _owed(
    work: Work, account: Taken, methods: tuple[str, ...], verdict: Verdict, present: SessionView | None
) -> str | None:
    """What is still to be shown before this counts as signed in. A passkey leaves nothing to prove.

    Signing in anew does not pay what the session owes already.
    """
    strong = satisfies(assurance.acr(methods), ACR_PHR)
    unpaid = present is not None and present.account_id == account.id and present.owes == VERIFY
    unusual = verdict.outcome is assess.Outcome.VERIFY or account.reset_required_at is not None or unpaid
    if unusual and not strong:
        return VERIFY
    return _next_owed(work, account, by_password=assurance.PASSWORD in methods)


def _as_asked(verdict: Verdict, owes: str | None) -> Verdict:
    """What is kept of the judgement: a sign-in that owes a proof for any other reason is no habit before it is paid."""
    return replace(verdict, outcome=assess.Outcome.VERIFY) if owes == VERIFY else verdict


def _next_owed(work: Work, account: Account | Taken, *, by_password: bool) -> str | None:
    """Whether another password must be chosen: it was asked for, or by the operator's policy the old one is too old."""
    old = by_password and passwords.expired(work.session, account.id, policies.current(work.session), work.now)
    return RENEW if account.reset_required_at is not None or old else None


def _proved(work: Work, present: SessionView, browser: Browser) -> None:
    """The owner is at this device; of what is owed, the proof is paid, and another password may still be due."""
    device_id, _secret = devices.seen(work, present.account_id, browser, proved=True)
    if present.owes == VERIFY:
        risk.record(work, present.account_id, browser, None, "verified", present.id, device_id)
        account = accounts.existing(work.session, present.account_id)
        sessions.settle(work, present.id, VERIFY, then=_next_owed(work, account, by_password=True))
