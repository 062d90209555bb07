"""The rules of one-time codes that prove a contact. Pure: time passed in.

A *round* is one attempt to prove one address: it may hold several codes, all of them good until
their own end (a resend never voids the earlier one), and counts every try against all of them.
NIST SP 800-63B-4 §3.1.3.2: valid at most 10 minutes, accepted once.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
MAX_TRIES = 5
MAX_SENDS = 4
RESEND_PAUSE = timedelta(seconds=45)
COOL_OFF = timedelta(minutes=15)  # after a spent round: longer than any code of it lives
ADDRESS_SENDS_PER_DAY = 12  # to one address, whoever asks and however many drafts they open
SENDER_SENDS_PER_HOUR = 30  # from one network address, a small office shares one

_FILLERS = re.compile(r"[\s\-]")


class Channel(StrEnum):
    """How a code travels."""

    EMAIL = "email"
    MOBILE = "mobile"


class CodeFault(StrEnum):
    """Why a code did not prove the contact, one value per message."""

    EMPTY = "empty"
    LENGTH = "length"
    WRONG = "wrong"
    SPENT = "spent"
    NONE_ALIVE = "none_alive"


@dataclass(frozen=True)
class Round:
    """The counters of a proof round."""

    tries: int
    sends: int
    last_sent_at: datetime


@dataclass(frozen=True)
class SendNow:
    """A code may go out; `fresh` when it opens a new round."""

    fresh: bool


@dataclass(frozen=True)
class Wait:
    """No code may go out before `until`."""

    until: datetime


def may_send(current: Round | None, now: datetime) -> SendNow | Wait:
    """Whether a code may be sent now, within the round or in a new one."""
    if current is None:
        return SendNow(fresh=True)
    rested = current.last_sent_at + COOL_OFF
    if now >= rested:
        return SendNow(fresh=True)
    if current.tries >= MAX_TRIES or current.sends >= MAX_SENDS:
        return Wait(rested)
    pause_ends = current.last_sent_at + RESEND_PAUSE
    return SendNow(fresh=False) if now >= pause_ends else Wait(pause_ends)


def typed_code(text: str) -> str | CodeFault:
    """Six digits out of what was typed, or what is wrong with it."""
    bare = _FILLERS.sub("", text)
    if not bare:
        return CodeFault.EMPTY
    if not re.fullmatch(r"[0-9]{6}", bare):
        return CodeFault.LENGTH
    return bare
