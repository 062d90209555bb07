"""The grant of devices without a keyboard (RFC 8628 §3.4 and §3.5): asked again and again until the person answers."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from identity.oidc.clients.policy import REFRESH
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Fault, Refused
from identity.oidc.faults.tokens import (
    DEVICE_DENIED,
    DEVICE_OVER,
    DEVICE_REFUSED,
    DEVICE_REPLAYED,
    DEVICE_TOO_FAST,
    DEVICE_WAITS,
    GRANT_OVER,
)
from identity.oidc.grants import theft
from identity.oidc.grants.call import Call
from identity.oidc.grants.device_models import BY_DEVICE_CODE, CLAIM_DEVICE, DENIED, POLLED
from identity.oidc.grants.family import next_refresh_token, organization_now, standing_of
from identity.oidc.grants.models import grants
from identity.oidc.grants.outcome import Denied, Granted, granted
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work

SLOWER = 5  # seconds that each question too early adds to the pause (RFC 8628 §3.5)
SLOWEST = 60


def redeem(work: Work, call: Call) -> Granted | Denied:
    """Use the device's code up where its person has allowed it, and return what the tokens shall say."""
    code = call.asked.get("device_code")
    if code is None:
        raise Refused(PARAMETER_MISSING, "device_code")
    row = work.session.execute(BY_DEVICE_CODE, {"code": sha256(code)}).one_or_none()
    # A code in the wrong hands is told like an unknown one and stays good for its owner (threat 54), until it was used.
    if row is None or (row.client_id != call.client.id and row.used_at is None):
        return Denied(DEVICE_REFUSED)
    won = claimed(work.session.execute(CLAIM_DEVICE, {"code": row.device_code_hash, "now": work.now}))
    return _tokens(work, call, row) if won else Denied(_unanswered(work, call, row))


def next_pause(pause: int) -> int:
    """Return the pause, in seconds, that a device owes after it asked too early. Pure."""
    return min(pause + SLOWER, SLOWEST)


def _unanswered(work: Work, call: Call, row: Row[Any]) -> Fault:
    # Read anew: a rival may have got the tokens, or the person may have answered, since the first look.
    row = work.session.execute(BY_DEVICE_CODE, {"code": row.device_code_hash}).one()
    if row.used_at is not None:
        # The code was in two hands, like an authorization code that is used twice (RFC 6749 §4.1.2, threat 5).
        if (grant := _grant(work, row)) is not None:
            theft.end_family(work, grant, theft.CODE_AGAIN)
        return DEVICE_REPLAYED
    if row.answer == DENIED:
        return DEVICE_DENIED
    if row.expires_at <= work.now:
        return DEVICE_OVER
    too_fast = row.polled_at is not None and work.now - row.polled_at < timedelta(seconds=row.pause)
    pause = next_pause(row.pause) if too_fast else row.pause
    work.session.execute(POLLED, {"code": row.device_code_hash, "now": work.now, "seconds": pause})
    return DEVICE_TOO_FAST if too_fast else DEVICE_WAITS


def _tokens(work: Work, call: Call, device: Row[Any]) -> Granted | Denied:
    # The grant began when the person said yes; from now on it is shown among the apps of the person, and bound to the
    # key of a device that has no secret (RFC 9449 §5).
    bound = call.jkt if call.client.public else None
    mine = update(grants).where(grants.c.id == device.grant_id)
    work.session.execute(mine.values(code_used_at=work.now, jkt=bound))
    row = _grant(work, device)
    standing = standing_of(work, row) if row is not None else None
    if row is None or standing is None:
        return Denied(GRANT_OVER)
    organization = organization_now(work, row, standing, row.scopes)
    refresh_token = next_refresh_token(work, row) if call.client.may(REFRESH) else None
    return granted(row, standing, organization, row.scopes, refresh_token)


def _grant(work: Work, device: Row[Any]) -> Row[Any] | None:
    return work.session.execute(select(grants).where(grants.c.id == device.grant_id)).one_or_none()
