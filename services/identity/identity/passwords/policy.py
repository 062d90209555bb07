"""Which passwords may be chosen (SP 800-63B-4 §3.1.1.2). Pure.

Length decides, nothing is composed: no "one capital, one digit". What is common, made of the person's own words, or a
pattern of the keyboard is refused with the reason.
"""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable
from enum import StrEnum

from identity.policies.rules import DEFAULTS, Policies

ALONE = DEFAULTS.password_shortest  # code points, where the password can be the only factor
WITH_SECOND_FACTOR = DEFAULTS.password_shortest_with_factor
LONGEST = 256  # far above the 64 that everybody must accept; a bound keeps hashing from being a lever (threat 57)

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_SHORTEST_WORD = 4


class Fault(StrEnum):
    """Why a password cannot be chosen."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    STOLEN = "stolen"
    OWN_WORDS = "own_words"
    PATTERN = "pattern"


def normalized(password: str) -> str:
    """Return what is hashed: the whole password, composed (NFC), so that every keyboard types the same one."""
    return unicodedata.normalize("NFC", password)


def alone(population: str) -> bool:
    """Return whether people of this population reach some app with nothing but the password; staff never do."""
    return population != "staff"


def shortest(policies: Policies = DEFAULTS, *, alone: bool) -> int:
    """Return the least number of characters; `alone`: the account can sign in with nothing but the password."""
    return policies.password_shortest if alone else policies.password_shortest_with_factor


def fault(
    password: str,
    *,
    least: int,
    blocked: Collection[str],
    stolen: Container[str] = frozenset(),
    own_words: Iterable[str] = (),
) -> Fault | None:
    """Return what stands against the password, or None.

    `least`: the fewest characters; `blocked` holds common passwords, case folded; `stolen` knows passwords from
    breaches letter by letter; `own_words` are the person's name, user ID, address, and the brand.
    """
    text = normalized(password)
    if not text:
        return Fault.EMPTY
    if len(text) < least:
        return Fault.TOO_SHORT
    if len(text) > LONGEST:
        return Fault.TOO_LONG
    return _guessable(text.casefold(), blocked, own_words) or (Fault.STOLEN if text in stolen else None)


def _guessable(folded: str, blocked: Collection[str], own_words: Iterable[str]) -> Fault | None:
    stem = _stem(folded)
    if {folded, stem, _unit(folded), _unit(stem)} & set(blocked):
        return Fault.COMMON
    if len(_unit(folded)) < _SHORTEST_WORD or _is_run(folded):
        return Fault.PATTERN
    return Fault.OWN_WORDS if _only_words(folded, own_words) else None


def _stem(folded: str) -> str:
    """The password without what people hang on: digits and signs at either end."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded) or folded


def _unit(folded: str) -> str:
    """The shortest piece that, repeated, makes the whole: "abcabc" is "abc" twice."""
    where = (folded + folded).find(folded, 1)
    return folded[:where]


def _is_run(folded: str) -> bool:
    return any(folded in row or folded in row[::-1] for row in _ROWS)


def _only_words(folded: str, own_words: Iterable[str]) -> bool:
    """Whether nothing but the person's own words, digits and signs is there."""
    words = {piece for word in own_words for piece in re.split(r"[\W\d_]+", word.casefold())} | {
        word.casefold() for word in own_words
    }
    left = folded
    for word in sorted((word for word in words if len(word) >= _SHORTEST_WORD), key=len, reverse=True):
        left = left.replace(word, "")
    return left != folded and not re.sub(r"[\W\d_]+", "", left)
