"""What a person has opened to apps, and what they took back. One function per verb (ASVS 10.4.9, 10.7.2, 10.7.3)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session as DatabaseSession

from identity.oidc.apps import consents
from identity.oidc.apps.consents import Consent
from identity.oidc.clients import service as clients
from identity.oidc.grants.models import grants
from identity.oidc.grants.revocation import revoke_grant
from identity.sessions.models import Session
from identity.sessions.service import SessionView
from shared.service import Work

TAKEN_BACK = "revoked_by_person"
_MOST = 1000  # grants looked at; they end with the session or sooner, so nobody comes near
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_sessions = cast("Table", Session.__table__)


@dataclass(frozen=True)
class App:
    """One app that holds something of a person, or may: its name, what it may know (scopes) and between which instants.

    `first_at` and `last_at` are None while it holds nothing; `allowed_at`: when its person last said yes, None for the
    suite's own, which do not ask.
    """

    client_id: str
    name: str
    scopes: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None
    allowed_at: datetime | None


def connected(session: DatabaseSession, account_id: str, now: datetime) -> list[App]:
    """Return the apps that hold something of the person through a session that is on, or were allowed to.

    The one used last comes first, those that hold nothing now come last.
    """
    held: dict[str, list[Row[Any]]] = {}
    for row in session.execute(_open_grants(account_id, now).where(grants.c.code_used_at.is_not(None))):
        held.setdefault(row.client_id, []).append(row)
    allowed = {consent.client_id: consent for consent in consents.of_person(session, account_id)}
    found = [_app(session, one, held.get(one, []), allowed.get(one)) for one in dict.fromkeys((*held, *allowed))]
    return sorted(found, key=lambda app: (app.last_at or _LONG_AGO, app.allowed_at or _LONG_AGO), reverse=True)


def disconnect(work: Work, account_id: str, client_id: str) -> int:
    """Take back everything the app holds of the person or was allowed, at once; return how many things that were.

    The consent goes first: a sign-in of this instant waits for it, or is found among the grants (threat 53).
    """
    ended = int(consents.withdraw(work, account_id, client_id))
    mine = _open_grants(account_id, work.now).where(grants.c.client_id == client_id)
    ended += sum(revoke_grant(work, row.id, TAKEN_BACK) for row in work.session.execute(mine).all())
    if ended:
        work.audit("app.disconnected", target=account_id, before={"client_id": client_id})
    return ended


def is_disconnected(session: DatabaseSession, found: SessionView, client_id: str) -> bool:
    """Return whether the person took back what this app held in this session, and has not come back to it since."""
    newest = (
        select(grants.c.revoked_reason)
        .where(
            grants.c.account_id == found.account_id,
            grants.c.client_id == client_id,
            grants.c.session_id == found.id,
        )
        .order_by(grants.c.created_at.desc())
        .limit(1)
    )
    return session.scalar(newest) == TAKEN_BACK


def _open_grants(account_id: str, now: datetime) -> Any:
    return (
        select(grants.c.id, grants.c.client_id, grants.c.scopes, grants.c.created_at)
        .join(_sessions, _sessions.c.id == grants.c.session_id)
        .where(grants.c.account_id == account_id, grants.c.revoked_at.is_(None), _sessions.c.ended_at.is_(None))
        .where(_sessions.c.ends_at > now)
        .order_by(grants.c.created_at)
        .limit(_MOST)
    )


def _app(session: DatabaseSession, client_id: str, rows: list[Row[Any]], allowed: Consent | None) -> App:
    client = clients.find(session, client_id)
    known = dict.fromkeys(
        [*(scope for row in rows for scope in row.scopes), *sorted(allowed.topics if allowed else ())]
    )
    return App(
        client_id,
        client.name if client else client_id,
        tuple(known),
        rows[0].created_at if rows else None,
        rows[-1].created_at if rows else None,
        allowed.given_at if allowed else None,
    )
