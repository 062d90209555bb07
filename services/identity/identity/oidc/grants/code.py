"""The grant `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10)."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from identity.oidc.clients.policy import REFRESH
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import CODE_REFUSED, CODE_REPLAYED, GRANT_OVER, OTHER_KEY
from identity.oidc.grants import theft
from identity.oidc.grants.call import Call
from identity.oidc.grants.family import next_refresh_token, organization_now, standing_of
from identity.oidc.grants.models import BY_CODE, CLAIM_CODE
from identity.oidc.grants.outcome import Denied, Granted, granted
from identity.oidc.grants.standing import Standing
from identity.oidc.pkce import challenge_of
from identity.sessions import service as sessions
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work


def redeem(work: Work, call: Call) -> Granted | Denied:
    """Use the code up and return what the tokens shall say.

    Raises Refused before anything is touched, for a request that could not fit any code.
    """
    guard = _guard(call)
    connection = work.session.connection()  # a session around a plain statement costs as much as the statement
    won = claimed(connection.execute(CLAIM_CODE, guard | {"now": work.now}))
    row = connection.execute(BY_CODE, {"code": guard["code"]}).one_or_none()
    if row is None:
        return Denied(CODE_REFUSED)
    if not won:
        return _lost(work, call, row)
    standing = standing_of(work, row)
    if standing is None:
        return Denied(GRANT_OVER)
    standing = _work_for(work, row, standing)
    organization = organization_now(work, row, standing, row.scopes)
    refresh_token = next_refresh_token(work, row) if call.client.may(REFRESH) else None
    return granted(row, standing, organization, row.scopes, refresh_token, row.nonce)


def _work_for(work: Work, row: Row[Any], standing: Standing) -> Standing:
    """The organization that the app named is the one its person works for from now on, in every app (G6).

    Only now: the redemption shows that the app itself began it, and not a link that somebody laid out (threat 21).
    """
    if not row.organization_named or standing.chosen_organization == row.organization_id:
        return standing
    sessions.choose_organization(work, row.session_id, row.organization_id)
    return replace(standing, chosen_organization=row.organization_id)


def _guard(call: Call) -> dict[str, str | None]:
    """Return what must fit for the code to be spent."""
    code, uri = call.asked.get("code"), call.asked.get("redirect_uri")
    if code is None or uri is None:
        raise Refused(PARAMETER_MISSING, "code and redirect_uri")
    verifier = call.asked.get("code_verifier")
    challenge = "" if verifier is None else challenge_of(verifier)
    if challenge is None:
        raise Refused(CODE_REFUSED, "code_verifier")
    return {
        "code": sha256(code),
        "client": call.client.id,
        "uri": uri,
        "challenge": challenge,
        "jkt": call.jkt,
        # The refresh tokens of a client that has no secret are bound to its key instead (RFC 9449 §5).
        "bound": call.jkt if call.client.public else None,
    }


def _lost(work: Work, call: Call, row: Row[Any]) -> Denied:
    if row.code_used_at is None:
        own = row.client_id == call.client.id
        return Denied(OTHER_KEY if own and row.jkt not in (None, call.jkt) else CODE_REFUSED)
    # A second use means the code leaked: everything that came from it is revoked (RFC 6749 §4.1.2, threat 5).
    theft.end_family(work, row, theft.CODE_AGAIN)
    return Denied(CODE_REPLAYED)
