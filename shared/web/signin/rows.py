"""The rows behind page sessions: written at the way back from identity, read on every page, gone with identity's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import g
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from shared.auth.stepup import held_until
from shared.crypto import sha256
from shared.db import changed
from shared.db.floor import web_sessions
from shared.events.event import Event
from shared.service import Context, Subscription, Work
from shared.web.signin.vouching import Left

IDLE = timedelta(minutes=30)  # where identity has not said how long a sign-in may lie unused
_LONGEST = timedelta(hours=12)
# Last-seen is sampled: no write and no call on most reads.
SAMPLE = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """Who is signed in on a page: facts from the ID token of this session.

    `idle`: how long the sign-in may lie unused; `leaves_at`: when it ends if nothing happens any more;
    `staff_role`: operator, desk or auditor, for people of the payer.
    `restricted_until`: until then it may not approve anything (a factor bound after a recovery, B6).
    """

    account_id: str
    name: str
    population: str
    acr: str
    auth_time: datetime
    sid: str
    session_key: str
    organization_id: str | None
    last_seen_at: datetime
    idle: timedelta
    leaves_at: datetime
    restricted_until: datetime | None
    staff_role: str | None = None


def find(session: Session, secret: str, now: datetime) -> Person | None:
    """Return who is signed in by the secret of a cookie, or None."""
    mine = web_sessions.c.id == sha256(secret)
    row = session.execute(select(web_sessions).where(mine)).one_or_none() if secret else None
    found = _person(row) if row is not None else None
    return found if found is not None and found.leaves_at > now else None


def begin(work: Work, claims: dict[str, Any], id_token: str, replaced: str) -> str:
    """Store the session of the ID token's person; return its secret, never the `replaced` one (threat 20).

    Stronger or fresher proof of the same person keeps the organization they work for.
    """
    token, old = work.ids.token(), web_sessions.c.id == sha256(replaced)
    previous = work.session.execute(
        select(web_sessions.c.account_id, web_sessions.c.organization_id).where(old)
    ).one_or_none()
    same_person = previous is not None and previous.account_id == claims["sub"]
    work.session.execute(delete(web_sessions).where(old))
    work.session.execute(
        insert(web_sessions).values(
            id=sha256(token),
            account_id=str(claims["sub"]),
            name=str(claims.get("name", "")),
            population=str(claims.get("population", "")),
            acr=str(claims.get("acr", "")),
            auth_time=datetime.fromtimestamp(claims["auth_time"], UTC),
            sid=str(claims.get("sid", "")),
            organization_id=previous.organization_id if previous is not None and same_person else None,
            data={"id_token": id_token, **{name: claims.get(name) for name in ("restricted_until", "staff_role")}},
            created_at=work.now,
            last_seen_at=work.now,
            expires_at=work.now + _LONGEST,
        )
    )
    return token


def note_use(work: Work, key: str, left: Left | None) -> None:
    """Note that the session is in use, and what identity said of its life (None where it does not answer)."""
    values: dict[str, object] = {"last_seen_at": work.now}
    mine = web_sessions.c.id == key
    if left is not None:
        data = work.session.execute(select(web_sessions.c.data).where(mine)).scalar_one_or_none()
        values |= {"expires_at": left.ends_at, "data": {**(data or {}), "idle_seconds": left.idle_seconds}}
    work.session.execute(update(web_sessions).where(mine).values(values))


def drop(work: Work, key: str) -> str | None:
    """Forget the session; return its ID token as a hint for identity, or None where it was gone."""
    mine = web_sessions.c.id == key
    row = work.session.execute(select(web_sessions.c.data).where(mine)).one_or_none()
    work.session.execute(delete(web_sessions).where(mine))
    return str(row.data["id_token"]) if row is not None else None


def choose_organization(work: Work, organization_id: str) -> None:
    """Remember the organization that this session works for."""
    here = cast("Person", g.gatehouse_person)
    mine = web_sessions.c.id == here.session_key
    work.session.execute(update(web_sessions).where(mine).values(organization_id=organization_id))


def on_session_ended(work: Work, event: Event) -> None:
    """Identity ended a session: so does ours. One that is only about to be stored asks identity afterwards."""
    work.session.execute(delete(web_sessions).where(web_sessions.c.sid == str(event.data["session_id"])))


SESSION_ENDED = Subscription("session.ended", "identity", on_session_ended)


def housekeeping(place: Context) -> int:
    """Forget sessions that are over; return how many."""
    with place.database.transaction() as session:
        over = web_sessions.c.expires_at < place.clock.now()
        return changed(session.execute(delete(web_sessions).where(over)))


def _person(row: Row[Any]) -> Person:
    data = row.data or {}
    idle = timedelta(seconds=data["idle_seconds"]) if "idle_seconds" in data else IDLE
    return Person(
        account_id=row.account_id,
        name=row.name,
        population=row.population,
        acr=row.acr,
        auth_time=row.auth_time,
        sid=row.sid,
        session_key=row.id,
        organization_id=row.organization_id,
        last_seen_at=row.last_seen_at,
        idle=idle,
        leaves_at=min(row.last_seen_at + idle, row.expires_at),
        restricted_until=held_until(data.get("restricted_until")),
        staff_role=data.get("staff_role"),
    )
