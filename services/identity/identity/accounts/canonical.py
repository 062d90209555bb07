"""When two user IDs are the same to a human eye. Pure.

A user ID is matched exactly as created, but it is unique on its canonical form: compatibility-normalized (NFKC), case
folded, accents and look-alikes mapped to one letter (after Unicode TS #39, skeletons). Only Latin letters, digits and a
few signs are allowed, so the table of look-alikes stays short enough to read (threat 50).
"""

import unicodedata
from enum import StrEnum

SHORTEST = 4
LONGEST = 64
SIGNS = "._-@+"

# What survives folding and still looks like something else: letters that no decomposition reaches, then digits and
# pairs that common fonts draw alike.
_LETTERS = {
    "ı": "i", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "p", "ð": "d", "ĸ": "k",
    "ŋ": "n",
}  # fmt: skip
_LOOKALIKES = {"0": "o", "1": "l", "i": "l", "|": "l"}
_PAIRS = (("rn", "m"), ("vv", "w"))


class Fault(StrEnum):
    """Why a user ID cannot be taken."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    NO_LETTER = "no_letter"


def written(text: str) -> str:
    """Return the user ID as it is stored and matched: composed (NFC), outer spaces off, case kept."""
    return unicodedata.normalize("NFC", text.strip())


def canonical(text: str) -> str:
    """Return the form on which user IDs are unique: equal for names that a person could take for each other."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.strip()).casefold())
    bare = "".join(_LETTERS.get(c, c) for c in folded if not unicodedata.combining(c))
    skeleton = "".join(_LOOKALIKES.get(c, c) for c in bare)
    for pair, single in _PAIRS:
        skeleton = skeleton.replace(pair, single)
    return skeleton


def fault(text: str) -> Fault | None:
    """Return what stands against `text` as a new user ID, or None."""
    name = written(text)
    if not name:
        return Fault.EMPTY
    if len(name) < SHORTEST:
        return Fault.TOO_SHORT
    if len(name) > LONGEST:
        return Fault.TOO_LONG
    if not all(_allowed(c) for c in name):
        return Fault.CHARACTERS
    return None if any(c.isalpha() for c in name) else Fault.NO_LETTER


def _allowed(character: str) -> bool:
    if character in SIGNS or (character.isascii() and character.isalnum()):
        return True
    # Other letters only where they come down to Latin ones: Cyrillic and Greek twins, invisible characters and
    # direction marks have no place in a name that people read out on the telephone.
    bare = [c for c in unicodedata.normalize("NFKD", character.casefold()) if not unicodedata.combining(c)]
    known = "".join(_LETTERS.get(c, c) for c in bare)
    return character.isalpha() and known.isascii() and known.isalpha()
