"""What the sign-in page can say without knowing anything about an account: wrong door, wrong clock (A9). Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

_LONGEST = 20  # characters looked at: no card has more, and no pattern is worth more of anybody's time (threat 57)
_SPACING = re.compile(r"[\s\-‐-―.]+")


@dataclass(frozen=True)
class Hints:
    """`member_style`: what was typed looks like the number on a member's card; `clock`: our time, Unix seconds.

    Both follow from what was typed and from the time alone, so nobody learns from them which names exist (threat 26).
    """

    member_style: bool
    clock: int


def hints(typed: str, member_id_pattern: str, now: datetime) -> Hints:
    """Return what to say beside the form; `typed` is the user ID as it was sent, "" where nothing was yet."""
    return Hints(member_style=is_member_style(typed, member_id_pattern), clock=int(now.timestamp()))


def is_member_style(typed: str, pattern: str) -> bool:
    """Return whether `typed`, whatever its case and grouping, is whole what the operator's `pattern` describes."""
    plain = _SPACING.sub("", unicodedata.normalize("NFKC", typed[: 4 * _LONGEST])).upper()
    return 0 < len(plain) <= _LONGEST and re.fullmatch(pattern, plain) is not None
