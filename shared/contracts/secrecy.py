"""Which names may not appear in an event or an audit entry, and which values look like a TIN whatever their name."""

import re
from collections.abc import Mapping

_FORBIDDEN_WORDS = frozenset(
    {"secret", "secrets", "password", "passwords", "passphrase", "code", "codes", "otp", "totp", "pin", "token"}
    | {"tokens", "tin", "tins", "ssn", "cookie", "authorization", "pepper", "salt"}
)
_HARMLESS = frozenset(
    {"tin_last4", "reason_code", "postal_code", "country_code", "access_token_format", "access_token_seconds"}
)
# Nine digits, with or without the hyphens of an EIN (12-3456789) or an SSN (123-45-6789).
_LIKE_A_TIN = re.compile(r"\d{9}|\d{2}-\d{7}|\d{3}-\d{2}-\d{4}")


def is_secret_name(name: str) -> bool:
    """Return whether a key of this name may hold a secret, a code or a raw TIN."""
    folded = name.casefold()
    return folded not in _HARMLESS and not _FORBIDDEN_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", folded))


def looks_like_tin(text: str) -> bool:
    """Return whether the whole text has the form of a TIN or an SSN."""
    return 9 <= len(text) <= 11 and _LIKE_A_TIN.fullmatch(text) is not None


def find_secret(value: object, path: str = "") -> str | None:
    """Return the path of the first secret-named key or TIN-like text inside a JSON value, or None."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            found = here if is_secret_name(str(key)) else find_secret(inner, here)
            if found:
                return found
        return None
    if isinstance(value, list | tuple):
        found_inside = (find_secret(inner, f"{path}[{index}]") for index, inner in enumerate(value))
        return next((found for found in found_inside if found), None)
    return path if isinstance(value, str) and looks_like_tin(value) else None
