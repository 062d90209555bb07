"""The two numbers an organization is known by, as people type them: TIN and NPI.

A TIN is kept as nine digits, an NPI as ten. Spaces, dots and hyphens people type or paste are
stripped; nothing else is forgiven. TIN prefixes are not judged here (the desk vets, and the lists
of assigned prefixes move); an NPI carries a check digit, so a slip is caught at once.
"""

import re
from enum import StrEnum

_PARTS = r"[\s.\-\u2010-\u2015\u2212\uff0d]"
_FILLERS = re.compile(_PARTS)
# Digits of every script: events and the audit refuse these forms in any of them (`shared.contracts.secrecy`).
_TIN, _SSN = rf"\d{{2}}{_PARTS}{{0,3}}\d{{7}}", rf"\d{{3}}{_PARTS}{{1,3}}\d{{2}}{_PARTS}{{1,3}}\d{{4}}"
_MENTIONED = re.compile(rf"(?<!\d)(?:{_TIN}|{_SSN})(?![\dA-Za-z])")
_DIGITS = re.compile(r"[0-9]+")
_EXACTLY = re.compile(r"[12][0-9]{9}").fullmatch
_PREFIX = 24  # what the digits of 80840, the ISO 7812 prefix of US health applications, add to the sum


def _doubled(digit: int) -> int:
    return sum(divmod(2 * digit, 10))


_GROUPS = [(n // 100, n // 10 % 10, n % 10) for n in range(1_000)]
_OUTER_DOUBLED = [_doubled(a) + b + _doubled(c) for a, b, c in _GROUPS]
_MIDDLE_DOUBLED = [a + _doubled(b) + c for a, b, c in _GROUPS]

_ADDED = [bytes(_doubled(n - 48) if 48 <= n < 58 else 0 for n in range(256)), bytes(max(n - 48, 0) for n in range(256))]
_UNEVEN = bytes((_PREFIX + n) % 10 for n in range(256))


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


def mentions_tin(text: str) -> bool:
    """Whether a TIN or an SSN stands anywhere in a text, its digits parted or not; ids of ours go on in letters."""
    return _MENTIONED.search(text) is not None


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
    if not _adds_up(int(digits)):
        raise NumberFault(Fault.CHECK_DIGIT)
    return digits


def is_npi(text: str) -> bool:
    """Whether a text is an NPI exactly as it is kept, as in the national file; millions are asked in a row."""
    return _EXACTLY(text) is not None and _adds_up(int(text))


def wrong_npis(text: bytes) -> list[int]:
    """The places of those that do not add up, in a text of ten digits for each number and nothing else.

    Digit by digit for all of them at once: the bytes of a long number are sums, none of which is above 90.
    """
    digits = (text[place::10].translate(_ADDED[place % 2]) for place in range(10))
    sums = sum(int.from_bytes(each, "little") for each in digits).to_bytes(len(text) // 10, "little")
    found = sums.translate(_UNEVEN)
    return [place for place, uneven in enumerate(found) if uneven] if any(found) else []


def last4(digits: str) -> str:
    """The only part of a TIN that may be shown or sent."""
    return digits[-4:]


def _adds_up(npi: int) -> bool:
    """Luhn over prefix and number, three digits at a time: every second digit from the right, but one, is doubled."""
    first, second, third = npi // 10_000_000, npi // 10_000 % 1_000, npi // 10 % 1_000
    return (_PREFIX + _OUTER_DOUBLED[first] + _MIDDLE_DOUBLED[second] + _OUTER_DOUBLED[third] + npi) % 10 == 0
