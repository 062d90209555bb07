"""The logout token (Back-Channel Logout 1.0 §2.4). Pure."""

from datetime import datetime, timedelta

LOGOUT_TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = timedelta(minutes=2)  # the longest that §2.4 recommends: it cannot be kept for later


def claims_of_logout(
    issuer: str, client_id: str, delivery_id: str, subject: str, session_id: str, now: datetime
) -> dict[str, object]:
    """Return what the token says: this session of this person is over. Never a nonce, so it passes for no ID token.

    `jti` is the delivery: an attempt that is repeated, because an answer was lost, says so.
    """
    return {
        "iss": issuer,
        "aud": client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": delivery_id,
        "sub": subject,
        "sid": session_id,
        "events": {EVENT: {}},
    }
