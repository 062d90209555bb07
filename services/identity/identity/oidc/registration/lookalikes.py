"""Which names of apps read like ours. Pure (threats 46 and 50; the idea of Unicode TR39).

Whoever reads a consent page sees a name, not its characters. So names are compared by what an eye takes in: without
case, accents, width, spaces and punctuation, and with letters that look the same made one. Letters of other scripts
are refused to apps that name themselves: half of Latin can be written with them, and our pages are read in Latin. An
operator may still write such a name by hand.
"""

import unicodedata
from collections.abc import Iterable

from identity.words import words_of
from shared.i18n import LANGUAGE_NAMES

OTHER_SCRIPT = "client_name: use letters of the Latin alphabet"
OURS = "client_name: an app of ours is called so"
BRAND = "client_name: leave out the name of this service"

# Latin letters that no decomposition takes apart; then what an eye takes for another: 0 O o, 1 I l i, 5 s, rn m, vv w.
_APART = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
                        "ð": "d", "ŋ": "n", "ĸ": "k"})  # fmt: skip
_SAME = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def objection(name: str, brand: str, ours: Iterable[str]) -> str | None:
    """Return the sentence that stands against an app's name for itself, or None.

    `ours`: the English names of our apps; they are compared in every language. The brand may be no part of the name.
    """
    words = _words(name)
    if any(letter.isalnum() and not letter.isascii() for word in words for letter in word):
        return OTHER_SCRIPT
    if _seen(brand) in _runs(words):
        return BRAND
    taken = {_seen(words_of(language).gettext(one)) for one in ours for language in LANGUAGE_NAMES}
    return OURS if _looks("".join(words)) in taken else None


def _words(name: str) -> list[str]:
    """The name's letters and digits, word by word: no width, case or accent."""
    apart = unicodedata.normalize("NFKD", name).casefold().translate(_APART)
    shown = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in shown).split()


def _runs(words: list[str]) -> set[str]:
    """What any neighbouring words look like when they are read as one."""
    ends = range(1, len(words) + 1)
    return {_looks("".join(words[start:end])) for end in ends for start in range(end)}


def _seen(name: str) -> str:
    return _looks("".join(_words(name)))


def _looks(text: str) -> str:
    text = text.translate(_SAME)
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text
