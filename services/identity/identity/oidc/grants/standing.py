"""How things stand right now with a grant: is it in force, its session on, its person welcome, its membership active?

One statement over the tables of the rooms below, so that introspection and userinfo answer from what is true at this
instant and not from what was true when the token was written (contract: effect at once).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, Table, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session as DatabaseSession

from identity.accounts.models import Account
from identity.accounts.states import Status, may_sign_in
from identity.entitlements.models import Membership
from identity.entitlements.service import Entitlement
from identity.oidc.claims import Organization, Person
from identity.oidc.grants.models import grants, revoked_tokens
from identity.sessions.models import Session
from shared.db import UtcDateTime

_accounts = cast("Table", Account.__table__)
_memberships = cast("Table", Membership.__table__)
_sessions = cast("Table", Session.__table__)
_WELCOME = [status.value for status in Status if may_sign_in(status)]
_NOW = bindparam("now", type_=UtcDateTime)

_MEMBER = and_(
    _memberships.c.account_id == grants.c.account_id,
    _memberships.c.organization_id == grants.c.organization_id,
    _memberships.c.status == "active",
    _memberships.c.starts_at <= _NOW,
    or_(_memberships.c.ends_at.is_(None), _memberships.c.ends_at > _NOW),
)

_STANDING: Select[Any] = (
    select(
        _accounts,
        _sessions.c.organization_id.label("chosen_organization"),
        _sessions.c.last_seen_at,
        _memberships.c.organization,
        _memberships.c.functions,
    )
    .join_from(grants, _sessions, _sessions.c.id == grants.c.session_id)
    .join(_accounts, _accounts.c.id == grants.c.account_id)
    .outerjoin(_memberships, _MEMBER)
    .where(
        grants.c.id == bindparam("grant"),
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > _NOW,
        _sessions.c.ended_at.is_(None),
        _sessions.c.ends_at > _NOW,
        _sessions.c.last_seen_at > bindparam("seen_after", type_=UtcDateTime),
        _accounts.c.status.in_(_WELCOME),
        ~exists().where(revoked_tokens.c.jti == bindparam("jti")),
    )
)


@dataclass(frozen=True)
class Standing:
    """A grant in force, and the facts of this instant. `organization` is None where the membership is over."""

    person: Person
    organization: Organization | None
    chosen_organization: str | None
    last_seen_at: datetime


def of_grant(
    connection: Connection | DatabaseSession, grant_id: str, now: datetime, idle: timedelta, jti: str = ""
) -> Standing | None:
    """Return how the grant (and the access token `jti` of it) stands, or None where it is over in any way."""
    asked = {"grant": grant_id, "now": now, "seen_after": now - idle, "jti": jti}
    row = connection.execute(_STANDING, asked).first()
    if row is None:
        return None
    organization = _organization(row.organization, row.functions) if row.organization is not None else None
    return Standing(_person(row), organization, row.chosen_organization, row.last_seen_at)


def organization_of(entitlement: Entitlement | None) -> Organization | None:
    """Return the organization a token speaks of."""
    return Organization(entitlement.organization, entitlement.functions) if entitlement else None


def _organization(facts: dict[str, object], functions: Sequence[str]) -> Organization:
    return Organization({name: facts[name] for name in ("id", "name", "kind", "contracted")}, tuple(functions))


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        user_id=row.user_id,
        name=row.display_name,
        email=row.email,
        email_verified=row.email_verified,
        phone=row.phone,
        phone_verified=row.phone_verified,
        population=row.population,
        locale=row.language,
    )
