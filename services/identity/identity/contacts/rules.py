"""When an address may help to recover an account, and when it may go. Pure.

A new address is quarantined: whoever sits at an unlocked screen for a minute must not own the account an hour later
(C5). It is trusted early where an older address says so, or where two factors that the account has had for as long as
a quarantine lasts are proved after it was added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST = 10  # addresses of one account; more would only be a way to flood people with notices
HEARD = timedelta(days=10)  # how long a removed address hears what happens, and how long a change can be undone
UNPROVED = timedelta(days=1)  # how long an address waits for its code
# What is no proof apart from the address itself: a text message may go to the very number that is to be confirmed.
_BY_MESSAGE = frozenset({"sms", "email"})
_KNOWN = frozenset({"pwd"})
_TELLS_HOW = frozenset({"user", "mfa"})  # words about the proofs, not proofs


class Kept(StrEnum):
    """Why an address may not be removed."""

    MAIN = "main"
    LAST_TRUSTED = "last_trusted"


@dataclass(frozen=True)
class Standing:
    """What the rules need to know of an address. `needed`: the main e-mail address, which every account has."""

    id: str
    needed: bool
    trusted_from: datetime | None


def trusted_from(now: datetime, quarantine: timedelta, *, from_opening: bool) -> datetime:
    """Return since when an address proved at `now` may help to recover.

    One that the account was opened with is no change of anything, so nothing has to be waited for.
    """
    return now if from_opening else now + quarantine


def confirms(amr: Sequence[str], auth_time: datetime, proved_at: datetime) -> bool:
    """Return whether a session's proofs confirm an address that was proved at `proved_at`.

    They must be newer than the address, and hold something besides the password that no message could have brought.
    """
    held = set(amr) - _KNOWN - _BY_MESSAGE - _TELLS_HOW
    return bool(held) and auth_time > proved_at


def may_confirm(bound: Iterable[datetime], proved_at: datetime, quarantine: timedelta) -> bool:
    """Return whether second factors can end the quarantine of an address that was proved at `proved_at` (C5).

    `bound`: since when the account has them. All are older than the address by the whole quarantine: else whoever sits
    at an unlocked screen binds their own factor first, and ends the quarantine of their own address with it.
    """
    ages = [proved_at - since for since in bound]
    return bool(ages) and min(ages) >= quarantine


def stands_against_removal(leaving: Standing, all_of_account: Sequence[Standing], now: datetime) -> Kept | None:
    """Return why the address must stay, or None.

    One trusted address always remains: else an intruder who added theirs could take the owner's last way back.
    """
    if leaving.needed:
        return Kept.MAIN
    others = [one for one in all_of_account if one.id != leaving.id]
    return None if any(is_trusted(one.trusted_from, now) for one in others) else Kept.LAST_TRUSTED


def is_trusted(since: datetime | None, now: datetime) -> bool:
    """Return whether an address trusted from `since` on may help to recover at `now`."""
    return since is not None and since <= now
