"""The grant `refresh_token`: rotation by the client's policy, with reuse detection (RFC 6749 §6, RFC 9700 §4.14.2).

    rotate, no grace   R1 ─▶ R2 ─▶ R3        a second use of R1 or R2 ends the family
    rotate with grace  R1 ─▶ R2              for some seconds R1 is answered with the very same R2, as long as nobody
                       R1 ─┘                 has used R2; after that a second use ends the family
    keep               R1 ─▶ R1 ─▶ R1        only where a key or a client's secret stands behind it (FAPI 2.0 §5.3.2.1)

In its grace a token is never answered with a second successor: a family that cannot fork has no thief who goes on
unseen beside its owner. The successor is derived from its predecessor with our key, so nothing that opens a session is
stored, and rivals who submit at once compute the same one.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from identity.oidc.clients.policy import KEEP, Client
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Fault, Refused
from identity.oidc.faults.tokens import GRANT_OVER, OTHER_KEY, REFRESH_REFUSED, REFRESH_REPLAYED, SCOPE_GROWS
from identity.oidc.grants import theft
from identity.oidc.grants.call import Call
from identity.oidc.grants.family import organization_now
from identity.oidc.grants.models import BY_REFRESH, CLAIM_REFRESH, NEW_REFRESH, TURN_REFRESH
from identity.oidc.grants.outcome import Denied, Granted, Turn, granted
from identity.oidc.grants.standing import Standing, of_refresh
from identity.oidc.scopes import PERSONAL, split
from identity.sessions import service as sessions
from shared.crypto import sha256
from shared.db import Source, beside, claimed
from shared.service import Work

_SAMPLE_SECONDS = 60


def redeem(work: Work, call: Call) -> Granted | Denied:
    """Use the refresh token and return what the new tokens shall say; raises Refused for an unreadable request."""
    token = call.asked.get("refresh_token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "refresh_token")
    found = of_refresh(beside(work.context.database, work.session), token, work.now)
    if found is None:
        return Denied(REFRESH_REFUSED)
    row, standing = found
    fault = _stolen(work, row, call.client) or _outgrown(row, call)
    if fault:
        return Denied(fault)
    if standing is None or row.token_expires_at <= work.now or not _scopes(row, call):
        return Denied(GRANT_OVER)
    stays = call.client.refresh_rotation == KEEP and row.used_at is None
    turn = None if stays else partial(_turned, row=row, client=call.client, token=token)
    return _granted(work, row, call, standing, turn)


def in_grace(client: Client, row: Any, work: Work) -> bool:
    """Return whether a token that was used may be answered once more: its answer may have been lost on the way."""
    grace = timedelta(seconds=client.refresh_grace_seconds)
    return bool(grace) and row.used_at is not None and work.now - row.used_at <= grace


def _found(source: Source, token: str) -> Any | None:
    return BY_REFRESH.first(source, {"token": sha256(token)})


def _stolen(work: Work, row: Any, client: Client) -> Fault | None:
    """Return the fault where the token is in the wrong hands, after ending its family (threat 15)."""
    if row.client_id != client.id:
        theft.end_family(work, row, theft.FOREIGN)
        return REFRESH_REFUSED
    if row.used_at is not None and not in_grace(client, row, work):
        theft.end_family(work, row, theft.REPLAYED)
        return REFRESH_REPLAYED
    return None


def _outgrown(row: Any, call: Call) -> Fault | None:
    """Return the fault where the request asks for more than was granted, or cannot show the key it is bound to."""
    if call.client.public and row.jkt is not None and call.jkt != row.jkt:
        return OTHER_KEY  # of no use to who has it, so nothing is taken from who has the key, too (RFC 9449 §5)
    known = {
        *PERSONAL,
        *call.client.scopes,
    }  # what nobody knows is ignored here as it was at sign-in (OIDC Core §3.1.2.1)
    return SCOPE_GROWS if (known & set(split(call.asked.get("scope")))) - set(row.scopes) else None


def _scopes(row: Any, call: Call) -> Sequence[str]:
    """Return what is asked for and still the client's: what an operator took from it, its old grants lose, too (G4)."""
    asked = split(call.asked.get("scope")) or tuple(row.scopes)
    return tuple(scope for scope in asked if scope in row.scopes and scope in call.client.scopes)


def _turned(work: Work, row: Any, client: Client, token: str) -> str | Denied:
    """Use the token up and return its successor. Of rivals one claims; the others look again."""
    if row.used_at is None:
        successor = _derived(work.context.settings.secret_keys[0], token) if client.refresh_grace_seconds else None
        successor = successor or work.ids.token()
        if _claimed(work, row, token, successor):
            return successor
    again = _found(work.session, token)
    other = _unused_successor(work, token) if again is not None and in_grace(client, again, work) else None
    if other is not None:
        return other
    theft.end_family(work, row, theft.REPLAYED)
    return Denied(REFRESH_REPLAYED)


def _claimed(work: Work, row: Any, token: str, successor: str) -> bool:
    """Nothing is told before this is committed, and whatever else was changed by this request may come after it."""
    used, new = {"token": sha256(token), "now": work.now}, sha256(successor)
    if work.context.database.dialect == "postgresql":
        given = {**used, "successor": new, "ends": row.expires_at}
        return TURN_REFRESH.first(work.context.database, given) is not None
    won = claimed(work.session.execute(CLAIM_REFRESH, used))
    if won:
        values = {"token_hash": new, "grant_id": row.id, "issued_at": work.now, "expires_at": row.expires_at}
        work.session.execute(NEW_REFRESH, [values])
    return won


def _unused_successor(work: Work, token: str) -> str | None:
    """Return the successor that the token has got, whichever of our keys it was derived with, unless it was used."""
    for key in work.context.settings.secret_keys:
        successor = _derived(key, token)
        row = _found(work.session, successor)
        if row is not None:
            return successor if row.used_at is None else None
    return None


def _derived(key: bytes, token: str) -> str:
    mac = hmac.new(hashlib.sha256(b"refresh-successor" + key).digest(), token.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def _granted(work: Work, row: Any, call: Call, standing: Standing, turn: Turn | None) -> Granted:
    if (work.now - standing.last_seen_at).total_seconds() > _SAMPLE_SECONDS:
        # An app refreshes while its person works: that is use of the sign-in, though the browser is elsewhere.
        sessions.touch(work, row.session_id)
    scopes = _scopes(row, call)
    organization = organization_now(work, row, standing, scopes)
    still = {*call.client.audiences, work.context.settings.public_url}
    audience = [api for api in row.audience if api in still]
    # No nonce: that belongs to one request of a browser, and none brought this ID token about (OIDC Core §12.2).
    return granted(row, standing, organization, scopes, audience=audience, turn=turn)
