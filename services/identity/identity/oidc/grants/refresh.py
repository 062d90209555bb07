"""The grant `refresh_token`: rotation with reuse detection (RFC 6749 §6, RFC 9700 §4.14.2)."""

from typing import Any

from sqlalchemy import Row

from identity.oidc.clients.policy import Client
from identity.oidc.faults import (
    GRANT_OVER,
    PARAMETER_MISSING,
    REFRESH_REFUSED,
    REFRESH_REPLAYED,
    SCOPE_GROWS,
    Fault,
    Refused,
)
from identity.oidc.grants.family import next_refresh_token, organization_now, standing_of
from identity.oidc.grants.models import BY_REFRESH, CLAIM_REFRESH
from identity.oidc.grants.outcome import Denied, Granted, granted
from identity.oidc.grants.revocation import revoke_grant
from identity.oidc.parameters import Parameters
from identity.oidc.scopes import split
from identity.sessions import service as sessions
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work

_SAMPLE_SECONDS = 60


def redeem(work: Work, client: Client, asked: Parameters) -> Granted | Denied:
    """Use the refresh token up and return what the new tokens shall say; raises Refused for an unreadable request."""
    token = asked.get("refresh_token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "refresh_token")
    row = work.session.execute(BY_REFRESH, {"token": sha256(token)}).one_or_none()
    if row is None:
        return Denied(REFRESH_REFUSED)
    fault = _stolen(work, row, client)
    if fault:
        return Denied(fault)
    scopes = split(asked.get("scope")) or tuple(row.scopes)
    if not set(scopes) <= set(row.scopes):
        return Denied(SCOPE_GROWS)
    standing = standing_of(work, row)
    if standing is None or row.token_expires_at <= work.now:
        return Denied(GRANT_OVER)
    if not claimed(work.session.execute(CLAIM_REFRESH, {"token": sha256(token), "now": work.now})):
        return _replayed(work, row)
    if (work.now - standing.last_seen_at).total_seconds() > _SAMPLE_SECONDS:
        # An app refreshes while its person works: that is use of the sign-in, though the browser is elsewhere.
        sessions.touch(work, row.session_id)
    organization = organization_now(work, row, standing, scopes)
    return granted(row, standing, organization, scopes, next_refresh_token(work, row))


def _stolen(work: Work, row: Row[Any], client: Client) -> Fault | None:
    """Return the fault where the token is in the wrong hands, after revoking its family (threat 15)."""
    if row.used_at is not None:
        return _replayed(work, row).fault
    if row.client_id != client.id:
        revoke_grant(work, row.id, "foreign_client")
        return REFRESH_REFUSED
    return None


def _replayed(work: Work, row: Row[Any]) -> Denied:
    revoke_grant(work, row.id, "refresh_replayed")
    return Denied(REFRESH_REPLAYED)
