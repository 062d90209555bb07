"""The grant `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6)."""

from identity.oidc.clients.policy import REFRESH, Client
from identity.oidc.faults import CODE_REFUSED, CODE_REPLAYED, GRANT_OVER, PARAMETER_MISSING, Refused
from identity.oidc.grants.family import next_refresh_token, organization_now, standing_of
from identity.oidc.grants.models import BY_CODE, CLAIM_CODE
from identity.oidc.grants.outcome import Denied, Granted, granted
from identity.oidc.grants.revocation import revoke_grant
from identity.oidc.parameters import Parameters
from identity.oidc.pkce import challenge_of
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work


def redeem(work: Work, client: Client, asked: Parameters) -> Granted | Denied:
    """Use the code up and return what the tokens shall say.

    Raises Refused before anything is touched, for a request that could not fit any code.
    """
    code, uri = asked.get("code"), asked.get("redirect_uri")
    if code is None or uri is None:
        raise Refused(PARAMETER_MISSING, "code and redirect_uri")
    verifier = asked.get("code_verifier")
    challenge = "" if verifier is None else challenge_of(verifier)
    if challenge is None:
        raise Refused(CODE_REFUSED, "code_verifier")
    guard = {"code": sha256(code), "client": client.id, "uri": uri, "challenge": challenge, "now": work.now}
    won = claimed(work.session.execute(CLAIM_CODE, guard))
    row = work.session.execute(BY_CODE, {"code": guard["code"]}).one_or_none()
    if row is None:
        return Denied(CODE_REFUSED)
    if not won:
        return _lost(work, row.id, used=row.code_used_at is not None)
    standing = standing_of(work, row)
    if standing is None:
        return Denied(GRANT_OVER)
    organization = organization_now(work, row, standing, row.scopes)
    refresh_token = next_refresh_token(work, row) if client.may(REFRESH) else None
    return granted(row, standing, organization, row.scopes, refresh_token)


def _lost(work: Work, grant_id: str, *, used: bool) -> Denied:
    if not used:
        return Denied(CODE_REFUSED)
    # A second use means the code leaked: everything that came from it is revoked (RFC 6749 §4.1.2, threat 5).
    revoke_grant(work, grant_id, "code_replayed")
    return Denied(CODE_REPLAYED)
