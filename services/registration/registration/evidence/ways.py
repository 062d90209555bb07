"""The ways to prove an organization without a call, and what is typed for each of them. Pure: time passed in.

Capability F5: a recent claim (number, date of service, amount billed: all three right), a payment (trace number and
amount), or a key that came by mail. People type numbers with spaces, hyphens and letters of either case; amounts with
or without a sign and commas. What means the same is the same fact. No fault tells what the payer knows.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from shared.i18n import Message, say

NEW_YORK = ZoneInfo("America/New_York")
RECENT = timedelta(days=120)

_FILLERS = re.compile(r"[\s.\-/\u2010-\u2015]")
_REFERENCE = re.compile(r"[0-9A-Z]{4,40}")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_AMERICAN = re.compile(r"(?P<month>[0-9]{1,2})[/.\-](?P<day>[0-9]{1,2})[/.\-](?P<year>[0-9]{4})")

Errors = dict[str, Message]
T = TypeVar("T")


class Way(StrEnum):
    """How an organization was proved."""

    CLAIM = "claim"
    PAYMENT = "payment"
    MAILED_KEY = "mailed_key"


class TypedFault(ValueError):
    """Something typed that cannot be read; `sentence` says how to mend it and never holds what was typed."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True)
class Fact:
    """Something only the payer and the office know. `day` is the date of service; a payment is told without one."""

    way: Way
    number: str
    cents: int
    day: date | None = None

    def text(self) -> str:
        """The one spelling under which the fact is stored and looked for."""
        return f"{self.way}|{self.number}|{self.cents}|{self.day.isoformat() if self.day else ''}"


def claim_of(form: Mapping[str, str], now: datetime) -> Fact | Errors:
    """The claim that was typed, or what is wrong with it by field."""
    number, errors = _read(form, "number", say("Enter the claim number"), reference)
    day, more = _read(form, "day", say("Enter the date of service"), lambda text: recent_day(text, now))
    amount, most = _read(form, "amount", say("Enter the amount billed"), cents)
    if number is None or day is None or amount is None:
        return errors | more | most
    return Fact(Way.CLAIM, number, amount, day)


def payment_of(form: Mapping[str, str]) -> Fact | Errors:
    """The payment that was typed, or what is wrong with it by field."""
    number, errors = _read(form, "number", say("Enter the trace number"), reference)
    amount, more = _read(form, "amount", say("Enter the amount paid"), cents)
    return errors | more if number is None or amount is None else Fact(Way.PAYMENT, number, amount)


def reference(text: str) -> str:
    """A claim or trace number: letters and digits, 4 to 40 of them, fillers gone. Raises TypedFault."""
    bare = _FILLERS.sub("", text).upper()
    if not _REFERENCE.fullmatch(bare):
        raise TypedFault(say("Use the 4 to 40 letters and digits of the number. Spaces and hyphens are fine."))
    return bare


def cents(text: str) -> int:
    """US dollars as whole cents, more than nothing. Raises TypedFault."""
    bare = _THOUSANDS.sub("", re.sub(r"[\s$]", "", text))
    if not _AMOUNT.fullmatch(bare) or not Decimal(bare):
        raise TypedFault(say("Enter an amount in dollars and cents, such as 1,250.00"))
    return int(Decimal(bare) * 100)


def calendar_day(text: str) -> date:
    """A day written as 2026-11-05 or 11/5/2026. Raises TypedFault."""
    bare = text.strip()
    found = _ISO.fullmatch(bare) or _AMERICAN.fullmatch(bare)
    try:
        return date(**{part: int(digits) for part, digits in found.groupdict().items()}) if found else _no_day()
    except ValueError as error:
        raise TypedFault(say("Enter a date such as 11/5/2026")) from error


def recent_day(text: str, now: datetime) -> date:
    """A day of the last 120 at the payer's place, today included. Raises TypedFault."""
    day, today = calendar_day(text), local_day(now)
    if day > today:
        raise TypedFault(say("This date is in the future. Enter the date of service."))
    if day + RECENT < today:
        raise TypedFault(say("This claim is too old. Use one with a date of service in the last 120 days."))
    return day


def local_day(now: datetime) -> date:
    """The payer's calendar day of an instant."""
    return now.astimezone(NEW_YORK).date()


def _no_day() -> date:
    raise ValueError("not written as a day")


def _read(form: Mapping[str, str], name: str, empty: Message, reader: Callable[[str], T]) -> tuple[T | None, Errors]:
    text = form.get(name, "").strip()
    if not text:
        return None, {name: empty}
    try:
        return reader(text), {}
    except TypedFault as fault:
        return None, {name: fault.sentence}
