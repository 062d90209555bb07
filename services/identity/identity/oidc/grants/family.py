"""What code and refresh redemption share: how things stand, which organization, and the next refresh token."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from identity.entitlements import service as entitlements
from identity.oidc.claims import Organization
from identity.oidc.grants.models import NEW_REFRESH, grants
from identity.oidc.grants.standing import Standing, of_grant, organization_of, within
from identity.oidc.scopes import OF_AN_ORGANIZATION
from identity.policies import service as policies
from identity.policies.rules import NO_POLICY
from shared.crypto import sha256
from shared.db import beside
from shared.service import Work


def standing_of(work: Work, row: Row[Any]) -> Standing | None:
    """Return how the grant stands now, or None where its session or its person is gone."""
    return of_grant(beside(work.context.database, work.session), row.id, work.now)


def organization_now(work: Work, row: Any, standing: Standing, scopes: Collection[str]) -> Organization | None:
    """Return the organization the tokens speak of: the session's choice, else the grant's, else the only one there is.

    Somebody who was pending when the grant began, or has switched, is carried along; the grant remembers it.
    """
    if not OF_AN_ORGANIZATION & set(scopes):
        return None
    chosen = standing.chosen_organization or row.organization_id
    if standing.organization is not None and chosen == row.organization_id:
        return standing.organization  # as nearly always: one statement has told all of it already
    found = organization_of(pick(work.session, row.account_id, chosen, work.now))
    now_id = found.facts["id"] if found else None
    if now_id != row.organization_id:
        work.session.execute(update(grants).where(grants.c.id == row.id).values(organization_id=now_id))
    asked = policies.organization(work.session, str(now_id)) if found else NO_POLICY
    return within(found, row.acr, asked.minimum_acr, asked.function_acr)


def pick(session: Session, account_id: str, chosen: str | None, now: datetime) -> entitlements.Entitlement | None:
    """Return the active membership of the chosen organization, or the only one there is; else None."""
    return entitlements.chosen(entitlements.active(session, account_id, now), chosen)


def next_refresh_token(work: Work, row: Row[Any]) -> str:
    """Store a new refresh token of the family and return it; it ends with the grant, whenever it was issued."""
    token = work.ids.token()
    new = {"token_hash": sha256(token), "grant_id": row.id, "issued_at": work.now, "expires_at": row.expires_at}
    work.session.connection().execute(NEW_REFRESH, [new])
    return token
