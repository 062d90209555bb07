"""What a person has opened to apps, and what they took back. One function per verb (ASVS 10.4.9, 10.7.2, 10.7.3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session as DatabaseSession

from identity.oidc.clients import service as clients
from identity.oidc.grants.models import grants
from identity.oidc.grants.revocation import revoke_grant
from identity.sessions.models import Session
from identity.sessions.service import SessionView
from shared.service import Work

TAKEN_BACK = "revoked_by_person"
_MOST = 1000  # grants looked at; they end with the session or sooner, so nobody comes near
_sessions = cast("Table", Session.__table__)


@dataclass(frozen=True)
class App:
    """One app that holds something of a person: its name, what it may know (scopes), and between which instants."""

    client_id: str
    name: str
    scopes: tuple[str, ...]
    first_at: datetime
    last_at: datetime


def connected(session: DatabaseSession, account_id: str, now: datetime) -> list[App]:
    """Return the apps that hold something of the person through a session that is on, the one used last first."""
    held: dict[str, list[Row[Any]]] = {}
    for row in session.execute(_open_grants(account_id, now)):
        held.setdefault(row.client_id, []).append(row)
    found = [_app(session, client_id, rows) for client_id, rows in held.items()]
    return sorted(found, key=lambda app: app.last_at, reverse=True)


def disconnect(work: Work, account_id: str, client_id: str) -> int:
    """Take back everything the app holds of the person, at once; return how many grants that ended."""
    mine = _open_grants(account_id, work.now).where(grants.c.client_id == client_id)
    ended = sum(revoke_grant(work, row.id, TAKEN_BACK) for row in work.session.execute(mine).all())
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
        .where(grants.c.code_used_at.is_not(None), _sessions.c.ends_at > now)
        .order_by(grants.c.created_at)
        .limit(_MOST)
    )


def _app(session: DatabaseSession, client_id: str, rows: list[Row[Any]]) -> App:
    client = clients.find(session, client_id)
    scopes = tuple(dict.fromkeys(scope for row in rows for scope in row.scopes))
    return App(client_id, client.name if client else client_id, scopes, rows[0].created_at, rows[-1].created_at)
