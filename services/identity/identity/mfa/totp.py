"""Time-based one-time codes (RFC 6238): six digits, 30 seconds. Pure; replay is stopped where the last step is kept.

`pyotp` normalizes what is typed (NFKC), so full-width digits fit too: replay must be judged by the step, never by the
text.
"""

import base64
import io
from datetime import datetime

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

SECRET_BYTES = 20  # 160 bits (RFC 4226 §4, R6)
WINDOW = 1  # one step to either side: clocks of telephones differ
_DIGITS = 6
_SECONDS = 30  # a step (RFC 6238 §4.1)


def new_secret(entropy: bytes) -> str:
    """Return 20 bytes of entropy as the base 32 text that apps take."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError("a TOTP secret has 20 bytes")
    return base64.b32encode(entropy).decode()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step whose code this is, within one step of `now`, or None."""
    if len(code) != _DIGITS:
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def newest_step(now: datetime) -> int:
    """Return the latest step whose code is accepted at `now`."""
    return int(now.timestamp()) // _SECONDS + WINDOW


def address(secret: str, user_id: str, issuer: str) -> str:
    """Return the otpauth:// address that a QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_id, issuer_name=issuer)


def in_groups(secret: str) -> str:
    """Return the secret in groups of four, for people who type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def picture(text: str) -> str:
    """Return a QR code as inline SVG, four units of quiet zone around it (ISO/IEC 18004); its label stands beside it.

    One path with presentation attributes only, so that a strict CSP has nothing to refuse.
    """
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", scale=5, border=4, xmldecl=False, svgns=False, nl=False, light="#fff", svgclass="gh-qr")
    return out.getvalue().decode()
