"""How things stand right now with a grant: is it in force, its session on, its person welcome, its membership active?

One statement over the tables of the rooms below, so that introspection and userinfo answer from what is true at this
instant and not from what was true when the token was written (contract: effect at once). For a refresh token the same
statement begins at the token: who refreshes is asked for twice as often as who signs in, and each question costs a way
to the database and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import FromClause, Table, and_, bindparam, exists, func, literal_column, or_, select

from identity.accounts.models import Account
from identity.accounts.states import Status, may_sign_in
from identity.entitlements.models import Membership
from identity.entitlements.service import Entitlement, running
from identity.mfa.assurance import satisfies
from identity.mfa.models import FactorHold
from identity.oidc.claims import Organization, Person
from identity.oidc.grants.models import grants, refresh_tokens, revoked_tokens
from identity.policies.models import OrganizationValue
from identity.sessions.models import Session
from shared.crypto import sha256
from shared.db import Query, Source, UtcDateTime

_accounts = cast("Table", Account.__table__)
_memberships = cast("Table", Membership.__table__)
_policies = cast("Table", OrganizationValue.__table__)
_sessions = cast("Table", Session.__table__)
_holds = cast("Table", FactorHold.__table__)
# Written out: a list would be expanded anew for every request.
_WELCOME = or_(*(_accounts.c.status == literal_column(f"'{status.value}'") for status in Status if may_sign_in(status)))
_SAID = (
    "user_id",
    "display_name",
    "email",
    "email_verified",
    "phone",
    "phone_verified",
    "population",
    "staff_role",
    "language",
)
_NOW = bindparam("now", type_=UtcDateTime)

_MEMBER = and_(
    _memberships.c.account_id == grants.c.account_id,
    _memberships.c.organization_id == grants.c.organization_id,
    _memberships.c.status == "active",
    _memberships.c.starts_at <= _NOW,
    or_(_memberships.c.ends_at.is_(None), _memberships.c.ends_at > _NOW),
)
_IN_FORCE = and_(
    grants.c.revoked_at.is_(None),
    grants.c.expires_at > _NOW,
    _sessions.c.ended_at.is_(None),
    _sessions.c.ends_at > _NOW,
    func.coalesce(_sessions.c.idles_at, _sessions.c.ends_at) > _NOW,
    _sessions.c.owes.is_(None),
    _WELCOME,
)
_FACTS = (
    _accounts.c.id.label("person_id"),
    *(_accounts.c[name] for name in _SAID),
    _sessions.c.organization_id.label("chosen_organization"),
    _sessions.c.last_seen_at,
    _memberships.c.organization,
    _memberships.c.functions,
    _memberships.c.function_ends,
    _policies.c.minimum_acr,
    _policies.c.function_acr,
    grants.c.acr.label("reached_acr"),
    grants.c.claims.label("asked_claims"),
    _holds.c.holds_until,
)


def _with_facts(origin: FromClause) -> FromClause:
    """Join to the grants what the facts are read from; what is gone leaves nothing, and is in force no more."""
    return (
        origin.outerjoin(_sessions, _sessions.c.id == grants.c.session_id)
        .outerjoin(_accounts, _accounts.c.id == grants.c.account_id)
        .outerjoin(_memberships, _MEMBER)
        .outerjoin(_policies, _policies.c.organization_id == _memberships.c.organization_id)
        .outerjoin(_holds, _holds.c.account_id == grants.c.account_id)
    )


_STANDING = Query(
    select(*_FACTS)
    .select_from(_with_facts(grants))
    .where(
        grants.c.id == bindparam("grant"),
        _IN_FORCE,
        ~exists().where(revoked_tokens.c.jti == bindparam("jti")),
    )
)
# Of a grant, what a refresh asks of it: each further column costs as much as a claim of the token.
_REFRESHED = (
    "id",
    "client_id",
    "account_id",
    "session_id",
    "scopes",
    "audience",
    "organization_id",
    "acr",
    "amr",
    "auth_time",
    "jkt",
    "claims",
    "expires_at",
)
_OF_REFRESH = Query(
    select(
        *(grants.c[name] for name in _REFRESHED),
        refresh_tokens.c.used_at,
        refresh_tokens.c.expires_at.label("token_expires_at"),
        *_FACTS,
        _IN_FORCE.label("in_force"),
    )
    .select_from(_with_facts(refresh_tokens.join(grants, grants.c.id == refresh_tokens.c.grant_id)))
    .where(refresh_tokens.c.token_hash == bindparam("token"))
)


@dataclass(frozen=True)
class Standing:
    """A grant in force, and the facts of this instant. `organization` is None where the membership is over."""

    person: Person
    organization: Organization | None
    chosen_organization: str | None
    last_seen_at: datetime
    claims: Mapping[str, Any] | None = None  # what was asked for by name (OIDC Core §5.5)


def of_grant(source: Source, grant_id: str, now: datetime, jti: str = "") -> Standing | None:
    """Return how the grant (and the access token `jti` of it) stands, or None where it is over in any way."""
    row = _STANDING.first(source, {"grant": grant_id, "now": now, "jti": jti})
    return None if row is None else _standing(row, now)


def of_refresh(source: Source, token: str, now: datetime) -> tuple[Any, Standing | None] | None:
    """Return the row of a refresh token with its grant, and how the grant stands; None for a token that nobody has.

    The row has what a refresh asks of a grant, whatever became of the token, the grant or its person.
    """
    row = _OF_REFRESH.first(source, {"token": sha256(token), "now": now})
    return None if row is None else (row, _standing(row, now) if row.in_force else None)


def _standing(row: Any, now: datetime) -> Standing:
    held = _organization(row, now) if row.organization is not None else None
    organization = within(held, row.reached_acr, row.minimum_acr, row.function_acr or {})
    return Standing(_person(row, now), organization, row.chosen_organization, row.last_seen_at, row.asked_claims)


def organization_of(entitlement: Entitlement | None) -> Organization | None:
    """Return the organization a token speaks of."""
    if entitlement is None:
        return None
    return Organization(entitlement.organization, entitlement.functions, entitlement.function_ends)


def within(
    organization: Organization | None, acr: str, minimum_acr: str | None, function_acr: Mapping[str, str]
) -> Organization | None:
    """Return what a token may say of the organization at the level reached: nothing below the one it asks for (B5).

    Functions for which the organization asks more than that are left out; the rest stays.
    """
    if organization is None or not satisfies(acr, minimum_acr):
        return None
    allowed = tuple(one for one in organization.functions if satisfies(acr, function_acr.get(one)))
    return replace(organization, functions=allowed)


def _organization(row: Any, now: datetime) -> Organization:
    facts = {name: row.organization[name] for name in ("id", "name", "kind", "contracted")}
    return Organization(facts, running(row.functions, row.function_ends, now), row.function_ends)


def _person(row: Any, now: datetime) -> Person:
    return Person(
        id=row.person_id,
        user_id=row.user_id,
        name=row.display_name,
        email=row.email,
        email_verified=row.email_verified,
        phone=row.phone,
        phone_verified=row.phone_verified,
        population=row.population,
        staff_role=row.staff_role,
        locale=row.language,
        restricted_until=row.holds_until if row.holds_until is not None and row.holds_until > now else None,
    )
