"""Taking back: a whole grant with everything issued under it, or one access token."""

from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from identity.oidc.grants.models import BY_REFRESH, REVOKE_GRANT, revoked_tokens
from identity.oidc.tokens.reading import AccessToken
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work


def revoke_grant(work: Work, grant_id: str, reason: str) -> bool:
    """Revoke everything that came from one authorization; return whether this call did it.

    `reason`: code_replayed | refresh_replayed | foreign_client | revoked_by_client | revoked_by_person.
    """
    given = {"grant": grant_id, "now": work.now, "reason": reason}
    if not claimed(work.session.execute(REVOKE_GRANT, given)):
        return False
    work.audit("grant.revoked", target=grant_id, reason=reason)
    return True


def revoke_refresh_token(work: Work, token: str, client_id: str) -> bool:
    """Revoke the family of a refresh token of this client (RFC 7009 §2.1); return whether it is one."""
    row = BY_REFRESH.first(work.session, {"token": sha256(token)})
    if row is None or row.client_id != client_id:
        return False
    revoke_grant(work, row.id, "revoked_by_client")
    return True


def revoke_access_token(work: Work, token: AccessToken) -> None:
    """Remember that an access token is not good any more, until it would have expired."""
    row = {"jti": token.jti, "expires_at": datetime.fromtimestamp(token.expires_at, UTC)}
    try:
        with work.session.begin_nested():
            work.session.execute(insert(revoked_tokens).values(**row))
    except IntegrityError:
        return  # it was revoked before
    work.audit("token.revoked", target=token.subject, reason="revoked_by_client")
