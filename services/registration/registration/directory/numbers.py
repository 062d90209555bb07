"""The two numbers an organization is known by, as people type them: TIN and NPI.

A TIN is kept as nine digits, an NPI as ten. Spaces, dots and hyphens people type or paste are
stripped; nothing else is forgiven. TIN prefixes are not judged here (the desk vets, and the lists
of assigned prefixes move); an NPI carries a check digit, so a slip is caught at once.
"""

import re
from enum import StrEnum

_FILLERS = re.compile(r"[\s.\-\u2010-\u2015]")
_DIGITS = re.compile(r"[0-9]+")
_NPI_PREFIX = "80840"  # ISO 7812 issuer prefix of US health applications, part of the NPI check digit


class Fault(StrEnum):
    """What is wrong with a number, one value per message."""

    EMPTY = "empty"
    CHARACTERS = "characters"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"
    UNASSIGNED = "unassigned"


class NumberFault(ValueError):
    """A number that cannot be right; `fault` says why. It never carries the number itself."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def _digits(text: str, length: int) -> str:
    bare = _FILLERS.sub("", text)
    if not bare:
        raise NumberFault(Fault.EMPTY)
    if not _DIGITS.fullmatch(bare):
        raise NumberFault(Fault.CHARACTERS)
    if len(bare) != length:
        raise NumberFault(Fault.LENGTH)
    return bare


def tin(text: str) -> str:
    """Nine digits out of what was typed; raises NumberFault."""
    digits = _digits(text, 9)
    if digits == "0" * 9:
        raise NumberFault(Fault.UNASSIGNED)
    return digits


def npi(text: str) -> str:
    """Ten digits with a right check digit out of what was typed; raises NumberFault.

    45 CFR 162.406: ten digits, the first 1 or 2, Luhn over the prefix 80840 and the number.
    """
    digits = _digits(text, 10)
    if digits[0] not in "12":
        raise NumberFault(Fault.UNASSIGNED)
    if not _luhn(_NPI_PREFIX + digits):
        raise NumberFault(Fault.CHECK_DIGIT)
    return digits


def last4(digits: str) -> str:
    """The only part of a TIN that may be shown or sent."""
    return digits[-4:]


def _luhn(digits: str) -> bool:
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(d), 10)) for d in even)) % 10 == 0
