"""What happens to sessions: they open, grow stronger, choose an organization, and end. One function per verb."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session as DatabaseSession

from identity.mfa import assurance
from identity.sessions.models import Session, alive, forget, open_one, over
from identity.settings import IdentitySettings
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Context, Work

# Last-seen is sampled: most reads write nothing (performance rule 4), and a minute more or less harms nobody.
_SAMPLE = timedelta(minutes=1)
_BATCH = 200
KEPT = timedelta(days=30)  # after its end; what happened stays in the audit


@dataclass(frozen=True)
class SessionView:
    """What other rooms may know of a session. `id` is the `sid` of tokens; all instants are aware UTC."""

    id: str
    account_id: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    organization_id: str | None
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime


def open_session(work: Work, account_id: str, amr: Iterable[str], auth_time: datetime) -> tuple[Session, str]:
    """Begin a session and return it with the secret for the cookie (256 bits; only its hash is stored)."""
    settings = work.context.settings_as(IdentitySettings)
    methods = assurance.joined(amr)
    secret = work.ids.token()
    session = Session(
        id=work.ids.new("ses"),
        token_hash=sha256(secret),
        account_id=account_id,
        acr=assurance.acr(methods),
        amr=list(methods),
        auth_time=auth_time,
        organization_id=None,
        started_at=work.now,
        last_seen_at=work.now,
        ends_at=work.now + settings.session_life,
        version=1,
    )
    work.session.add(session)
    work.session.flush()
    _publish_started(work, session)
    return session, secret


def current(session: DatabaseSession, cookie_value: str | None, now: datetime, idle: timedelta) -> SessionView | None:
    """Return the living session that the cookie names, or None; `idle` is how long one may lie unused. Reads only."""
    if not cookie_value:
        return None
    found = session.scalars(alive(sha256(cookie_value), now, idle)).one_or_none()
    return _view(found) if found else None


def by_id(session: DatabaseSession, session_id: str, now: datetime, idle: timedelta) -> SessionView | None:
    """Return the living session with this `sid`, or None: is a token's session still on?"""
    found = session.get(Session, session_id)
    if found is None or found.ended_at is not None or min(found.ends_at, found.last_seen_at + idle) <= now:
        return None
    return _view(found)


def needs_touch(view: SessionView, now: datetime) -> bool:
    """Return whether the last use was noted long enough ago to be noted again."""
    return now - view.last_seen_at > _SAMPLE


def touch(work: Work, session_id: str) -> None:
    """Note that the session is in use; never brings an ended one back."""
    mine = (Session.id == session_id) & Session.ended_at.is_(None)
    work.session.execute(update(Session).where(mine).values(last_seen_at=work.now))


def raise_assurance(work: Work, session_id: str, amr: Iterable[str], auth_time: datetime) -> str | None:
    """Add proofs to an open session; return the new secret for the cookie, or None when it ended meanwhile.

    The `sid` stays, because portals hold it; the old secret is dead at once (session fixation, threat 20).
    """
    found = work.session.get(Session, session_id, with_for_update=True)
    return _prove(work, session_id, assurance.joined(found.amr, amr), auth_time) if found else None


def reauthenticate(work: Work, session_id: str, amr: Iterable[str], auth_time: datetime) -> str | None:
    """Start the proofs of an open session over, as prompt=login asks; like `raise_assurance` otherwise.

    What was proved earlier counts no more: a password typed now must not be told as two factors proved now.
    """
    return _prove(work, session_id, assurance.joined(amr), auth_time)


def _prove(work: Work, session_id: str, methods: tuple[str, ...], auth_time: datetime) -> str | None:
    secret = work.ids.token()
    proved = open_one(session_id).values(
        token_hash=sha256(secret),
        acr=assurance.acr(methods),
        amr=list(methods),
        auth_time=auth_time,
        last_seen_at=work.now,
    )
    return secret if claimed(work.session.execute(proved)) else None


def choose_organization(work: Work, session_id: str, organization_id: str) -> bool:
    """Make the organization the active one of the session; the caller has checked the membership."""
    chosen = open_one(session_id).values(organization_id=organization_id)
    return claimed(work.session.execute(chosen))


def end(work: Work, session_id: str, reason: str) -> bool:
    """End the session once: of many rivals one publishes `session.ended`. Return whether this call ended it.

    `reason`: signed_out | switched_person | timed_out | credential_changed | account_closed.
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


def end_timed_out(context: Context) -> int:
    """Job: say of every session that time has ended that it ended, so that portals drop theirs too."""
    idle = context.settings_as(IdentitySettings).session_idle
    with context.transaction() as work:
        ids = list(work.session.scalars(over(work.now, idle, _BATCH)))
        return sum(end(work, session_id, "timed_out") for session_id in ids)


def forget_ended(context: Context) -> int:
    """Job: remove sessions that ended a month ago, in short transactions; return how many."""
    total = 0
    while True:
        with context.transaction() as work:
            gone = len(work.session.scalars(forget(work.now - KEPT, _BATCH)).all())
        total += gone
        if gone < _BATCH:
            return total


def _publish_started(work: Work, session: Session) -> None:
    work.publish(
        "session.started",
        subject=session.id,
        sequence=session.version,
        data={
            "session_id": session.id,
            "account_id": session.account_id,
            "acr": session.acr,
            "amr": session.amr,
            "started_at": session.started_at,
        },
    )
    work.audit("session.started", target=session.account_id, after={"acr": session.acr, "amr": session.amr})


def _view(found: Session) -> SessionView:
    return SessionView(
        id=found.id,
        account_id=found.account_id,
        acr=found.acr,
        amr=tuple(found.amr),
        auth_time=found.auth_time,
        organization_id=found.organization_id,
        started_at=found.started_at,
        last_seen_at=found.last_seen_at,
        ends_at=found.ends_at,
    )
