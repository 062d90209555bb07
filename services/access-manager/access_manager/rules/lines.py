"""Lines of business: a manager limited to some sees and changes only what lies within them. Pure.

No line named means every line, for a manager and for a member alike: so a limited manager never reaches a member
who works for all of them.
"""

from collections.abc import Collection

from access_manager.rules.refusals import Refusal
from shared.contracts.registration import LINES_OF_BUSINESS
from shared.i18n import say

LINES: dict[str, str] = {"medical": say("Medical"), "dental": say("Dental"), "behavioral": say("Behavioral health")}


def within(reach: Collection[str], lines: Collection[str]) -> bool:
    """Whether what is limited to `lines` lies within `reach`."""
    return not reach or bool(lines and set(lines) <= set(reach))


def may_limit(reach: Collection[str], actor: str, member: str, lines: Collection[str]) -> Refusal | None:
    """Allow a manager of every line to limit somebody else to lines that exist."""
    if not set(lines) <= set(LINES_OF_BUSINESS):
        return Refusal.UNKNOWN_LINE
    if reach:
        return Refusal.BEYOND_LINES
    return Refusal.OWN_LINES if actor == member else None


def joined(held: Collection[str], given: Collection[str]) -> list[str]:
    """The lines of somebody who holds some and is given more; every line where either names none."""
    return [each for each in LINES_OF_BUSINESS if each in held or each in given] if held and given else []


def in_order(lines: Collection[str]) -> list[str]:
    """Known lines once each; all of them named are the same as none named."""
    known = [each for each in LINES_OF_BUSINESS if each in lines]
    return [] if len(known) == len(LINES_OF_BUSINESS) else known
