"""The key in a letter: twelve characters people can read off paper and type. Pure.

Crockford's base 32 has no I, L, O or U; who reads one of them means 1, 1, 0 or V. Sixty bits, and five tries.
"""

import base64
import re

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILOU", "110V")
_FILLERS = re.compile(r"[\s\-\u2010-\u2015.]")
LENGTH = 12
RANDOM_BYTES = 9  # 72 bits, which URL-safe base 64 writes without padding


def from_token(token: str) -> str:
    """The key out of `RANDOM_BYTES` random ones in URL-safe base 64, as it is stored and compared."""
    number = int.from_bytes(base64.urlsafe_b64decode(token))
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def typed(text: str) -> str | None:
    """The key out of what was typed; None for what has not its form."""
    bare = _FILLERS.sub("", text).upper().translate(_MEANT)
    return bare if len(bare) == LENGTH and set(bare) <= set(_ALPHABET) else None


def printed(key: str) -> str:
    """The key as it stands in the letter: `8K2M-93QX-0T7B`."""
    return "-".join(key[at : at + 4] for at in range(0, LENGTH, 4))
