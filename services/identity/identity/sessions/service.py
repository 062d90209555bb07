"""What happens to sessions: they open, grow stronger, pay what they owe, choose an organization, and end.

One function per verb. A session that owes something is nobody anywhere but in the steps of sign-in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session as DatabaseSession

from identity.accounts.states import Status, may_sign_in
from identity.devices.browser import Browser
from identity.entitlements import service as entitlements
from identity.entitlements.service import Entitlement
from identity.mfa import assurance
from identity.policies import service as policies
from identity.sessions import lives
from identity.sessions.lives import Lives
from identity.sessions.models import ALIVE, BY_ID, BY_SECRET, SESSIONS, Session, ended_by, forget, open_one, over
from identity.settings import IdentitySettings
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Context, Work
from shared.together import put

# Last-seen is sampled: most reads write nothing (performance rule 4), and a minute more or less harms nobody.
_SAMPLE = timedelta(minutes=1)
_BATCH = 200
TIMED_OUT = "timed_out"
_FIRST = 1  # version
VERIFY, RENEW = "verify", "renew"  # what a session may owe: one more proof, another password
KEPT = timedelta(days=30)  # after its end; what happened stays in the audit


@dataclass(frozen=True)
class SessionView:
    """What other rooms may know of a session. `id` is the `sid` of tokens; all instants are aware UTC.

    `owes`: None, "verify" or "renew". `idle`: how long it may lie unused. `welcome`: its account may be signed in.
    """

    id: str
    account_id: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    organization_id: str | None
    started_at: datetime
    last_seen_at: datetime
    idles_at: datetime
    ends_at: datetime
    label: str | None
    place: str | None
    device_id: str | None
    owes: str | None
    reasons: tuple[str, ...]
    welcome: bool

    @property
    def idle(self) -> timedelta:
        """How long it may lie unused."""
        return self.idles_at - self.last_seen_at

    @property
    def entered(self) -> bool:
        """Whether somebody is signed in by it: it owes nothing, and its person may be here."""
        return self.owes is None and self.welcome


def open_session(
    work: Work,
    account_id: str,
    amr: Iterable[str],
    auth_time: datetime,
    *,
    held: Sequence[Entitlement] | None = None,
    browser: Browser | None = None,
    device_id: str | None = None,
    owes: str | None = None,
    reasons: Iterable[str] = (),
) -> tuple[SessionView, str]:
    """Begin a session and return it with the secret for the cookie (256 bits; only its hash is stored).

    The caller has asked whether the account may be signed in. `held`: for whom its person works, if that has been read;
    `owes` ("verify" or "renew") keeps it from being anybody's until `settle`.
    """
    methods = assurance.joined(amr)
    secret = work.ids.token()
    may = _lives(work, account_id, None, held)
    opened = SessionView(
        id=work.ids.new("ses"),
        account_id=account_id,
        acr=assurance.acr(methods),
        amr=methods,
        auth_time=auth_time,
        organization_id=None,
        started_at=work.now,
        last_seen_at=work.now,
        idles_at=work.now + may.idle,
        ends_at=work.now + may.longest,
        label=browser.label[:100] if browser else None,
        place=browser.place[:200] if browser and browser.place else None,
        device_id=device_id,
        owes=owes,
        reasons=tuple(reasons),
        welcome=True,
    )
    put(work.session, SESSIONS, {**_columns(opened), "token_hash": sha256(secret), "version": _FIRST})
    _publish_started(work, opened)
    return opened, secret


def current(session: DatabaseSession, cookie_value: str | None, now: datetime) -> SessionView | None:
    """Return the living session that the cookie names, or None. Reads only, in one statement."""
    if not cookie_value:
        return None
    found = session.execute(BY_SECRET, {"token_hash": sha256(cookie_value), "now": now}).one_or_none()
    return _view(*found) if found else None


def by_id(session: DatabaseSession, session_id: str, now: datetime) -> SessionView | None:
    """Return the living session with this `sid`, or None: is a token's session still on?"""
    found = session.execute(BY_ID, {"session_id": session_id, "now": now}).one_or_none()
    return _view(*found) if found else None


def timed_out(session: DatabaseSession, cookie_value: str | None, now: datetime) -> bool:
    """Return whether the cookie names a session that time has ended, said so already or not."""
    if not cookie_value:
        return False
    found = session.execute(ended_by(sha256(cookie_value))).one_or_none()
    if found is None:
        return False
    return found.end_reason == TIMED_OUT or (found.ended_at is None and min(found.idles_at, found.ends_at) <= now)


def listing(session: DatabaseSession, account_id: str, now: datetime) -> list[SessionView]:
    """Return every living session of the account, the one used last first (ASVS 7.5.2)."""
    mine = ALIVE.where(Session.account_id == account_id).order_by(Session.last_seen_at.desc(), Session.id)
    return [_view(*row) for row in session.execute(mine, {"now": now})]


def needs_touch(view: SessionView, now: datetime) -> bool:
    """Return whether the last use was noted long enough ago to be noted again."""
    return now - view.last_seen_at > _SAMPLE


def touch(work: Work, session_id: str) -> bool:
    """Note that the session is in use, under the policy of its organization as it is now; False where it is over.

    Never brings one back that was ended or left alone for too long.
    """
    found = work.session.execute(BY_ID, {"session_id": session_id, "now": work.now}).one_or_none()
    if found is None:
        return False
    may = _lives(work, found[0].account_id, found[0].organization_id)
    in_use = {"last_seen_at": work.now, "idles_at": work.now + may.idle, "ends_at": found[0].started_at + may.longest}
    mine = (Session.id == session_id) & Session.ended_at.is_(None)
    return claimed(work.session.execute(update(Session).where(mine).values(in_use)))


def raise_assurance(work: Work, session_id: str, amr: Iterable[str], auth_time: datetime) -> str | None:
    """Add proofs to an open session; return the new secret for the cookie, or None when it ended meanwhile.

    The `sid` stays, because portals hold it; the old secret is dead at once (session fixation, threat 20).
    """
    found = work.session.get(Session, session_id, with_for_update=True)
    return _prove(work, session_id, assurance.joined(found.amr, amr), auth_time) if found else None


def reauthenticate(
    work: Work,
    session_id: str,
    amr: Iterable[str],
    auth_time: datetime,
    *,
    owes: str | None = None,
    reasons: Iterable[str] = (),
) -> str | None:
    """Start the proofs of an open session over, as prompt=login asks; like `raise_assurance` otherwise.

    What was proved earlier counts no more: a password typed now must not be told as two factors proved now.
    """
    return _prove(work, session_id, assurance.joined(amr), auth_time, owes=owes, reasons=list(reasons))


def _prove(work: Work, session_id: str, methods: tuple[str, ...], auth_time: datetime, **owed: object) -> str | None:
    secret, known = work.ids.token(), work.session.get(Session, session_id)
    before = known.acr if known else None
    proved = open_one(session_id).values(
        token_hash=sha256(secret),
        acr=assurance.acr(methods),
        amr=list(methods),
        auth_time=auth_time,
        last_seen_at=work.now,
        # The session goes on as it is held to now; its next use asks the policy again.
        idles_at=work.now + _idle_of(work, session_id),
        **owed,
    )
    won = claimed(work.session.execute(proved))
    if won and before != assurance.acr(methods):
        _publish_assured(work, session_id, str(before))
    return secret if won else None


def settle(work: Work, session_id: str, what: str, then: str | None = None) -> None:
    """Pay what the session owes ("verify" or "renew"); once it owes nothing it is somebody's. `then`: owed next."""
    paid = open_one(session_id).where(Session.owes == what).values(owes=then)
    if claimed(work.session.execute(paid)):
        found = work.session.get_one(Session, session_id, populate_existing=True)
        work.audit("session.settled", target=found.account_id, after={"owed": what})


def choose_organization(work: Work, session_id: str, organization_id: str) -> bool:
    """Make the organization the active one of the session, and its time-outs the session's.

    The caller has checked the membership. False where the session is over.
    """
    found = work.session.get(Session, session_id)
    if found is None:
        return False
    may = _lives(work, found.account_id, organization_id)
    values = {"last_seen_at": work.now, "idles_at": work.now + may.idle, "ends_at": found.started_at + may.longest}
    return claimed(work.session.execute(open_one(session_id).values(organization_id=organization_id, **values)))


def end(work: Work, session_id: str, reason: str) -> bool:
    """End the session once: of many rivals one publishes `session.ended`. Return whether this call ended it.

    `reason`: signed_out | switched_person | timed_out | credential_changed | account_closed | …, a code.
    """
    ended = open_one(session_id).values(ended_at=work.now, end_reason=reason)
    if not claimed(work.session.execute(ended)):
        return False
    found = work.session.get_one(Session, session_id, populate_existing=True)
    work.publish(
        "session.ended",
        subject=found.id,
        sequence=found.version,
        data={"session_id": found.id, "account_id": found.account_id, "reason": reason, "ended_at": work.now},
    )
    work.audit("session.ended", target=found.account_id, reason=reason)
    return True


def end_all(work: Work, account_id: str, reason: str, except_id: str | None = None) -> int:
    """End every session of the account but `except_id`; return how many this call ended (ASVS 7.4.2, 7.4.5)."""
    mine = select(Session.id).where(Session.account_id == account_id, Session.ended_at.is_(None)).order_by(Session.id)
    return _end(work, [session_id for session_id in work.session.scalars(mine) if session_id != except_id], reason)


def follow_policy(work: Work, organization_id: str) -> int:
    """Hold the living sessions of the organization to its policy as it is now; return how many there are.

    For whoever changes the policy. People of one organization only, who never had to choose, follow at their next use.
    """
    rows = work.session.execute(ALIVE.where(Session.organization_id == organization_id), {"now": work.now}).all()
    for found, _status in rows:
        may = _lives(work, found.account_id, organization_id)
        values = {"idles_at": found.last_seen_at + may.idle, "ends_at": found.started_at + may.longest}
        work.session.execute(open_one(found.id).values(values))
    return len(rows)


def end_timed_out(context: Context) -> int:
    """Job: say of every session that time has ended that it ended; all of them, as whole offices go home at once."""
    return _by_the_batch(
        context, lambda work: _end(work, work.session.scalars(over(work.now, _BATCH)).all(), TIMED_OUT)
    )


def forget_ended(context: Context) -> int:
    """Job: remove sessions that ended a month ago; return how many."""
    return _by_the_batch(context, lambda work: len(work.session.scalars(forget(work.now - KEPT, _BATCH)).all()))


def _end(work: Work, ids: Iterable[str], reason: str) -> int:
    return sum(end(work, session_id, reason) for session_id in ids)


def _by_the_batch(context: Context, some: Callable[[Work], int]) -> int:
    """Do some in one short transaction after the other, until there are no more."""
    total, done = 0, _BATCH
    while done == _BATCH:
        with context.transaction() as work:
            done = some(work)
        total += done
    return total


def _lives(
    work: Work, account_id: str, organization_id: str | None, held: Sequence[Entitlement] | None = None
) -> Lives:
    """What a session is held to: by its organization, or by all of its person's while none is chosen."""
    settings = work.context.settings_as(IdentitySettings)
    if organization_id is None and held is None:
        held = entitlements.active(work.session, account_id, work.now)
    ids = [organization_id] if organization_id else [str(one.organization["id"]) for one in held or ()]
    found = [policies.organization(work.session, one) for one in ids]
    return lives.under(found, Lives(settings.session_idle, settings.session_life))


def _idle_of(work: Work, session_id: str) -> timedelta:
    found = work.session.get(Session, session_id)
    return _lives(work, found.account_id, found.organization_id).idle if found else timedelta(0)


def _columns(opened: SessionView) -> dict[str, object]:
    """The view as columns; whether the account is welcome stands in its own row."""
    columns = {**vars(opened), "amr": list(opened.amr), "reasons": list(opened.reasons)}
    del columns["welcome"]
    return columns


def _publish_started(work: Work, session: SessionView) -> None:
    data = {"session_id": session.id, "account_id": session.account_id, "acr": session.acr, "amr": session.amr}
    work.publish("session.started", subject=session.id, sequence=_FIRST, data={**data, "started_at": work.now})
    work.audit("session.started", target=session.account_id, after={"acr": session.acr, "amr": session.amr})


def _publish_assured(work: Work, session_id: str, before: str) -> None:
    found = work.session.get_one(Session, session_id, populate_existing=True)
    data = {"session_id": found.id, "account_id": found.account_id, "acr": found.acr, "previous_acr": before}
    told = {**data, "amr": found.amr, "assured_at": work.now}
    work.publish("session.assured", subject=found.id, sequence=found.version, data=told)


def _view(found: Session, status: str) -> SessionView:
    return SessionView(
        id=found.id,
        account_id=found.account_id,
        acr=found.acr,
        amr=tuple(found.amr),
        auth_time=found.auth_time,
        organization_id=found.organization_id,
        started_at=found.started_at,
        last_seen_at=found.last_seen_at,
        idles_at=found.idles_at or found.ends_at,
        ends_at=found.ends_at,
        label=found.label,
        place=found.place,
        device_id=found.device_id,
        owes=found.owes,
        reasons=tuple(found.reasons or ()),
        welcome=may_sign_in(Status(status)),
    )
