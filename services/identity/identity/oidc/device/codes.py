"""The code that a person reads from a device and types (RFC 8628 §6.1). Pure.

Twenty consonants: no vowels, so no words; nothing that looks like a digit. Eight of them are 34 bits, which a throttle
keeps far from guessing within the minutes that a code lives (§5.1).
"""

import base64
import unicodedata

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
_HALF = LENGTH // 2


def make(secret: str) -> str:
    """Return the code of a secret of at least 128 bits in URL-safe base 64; every code is as likely as any other."""
    number = int.from_bytes(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def shown(code: str) -> str:
    """Return the code as people read it: WDJB-MJHT."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def read(typed: str) -> str | None:
    """Return the code that somebody typed, however they grouped it and in whatever case; None where it can be none."""
    text = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(one for one in text if one.isalnum())
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else None
