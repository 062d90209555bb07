"""E-mail addresses and mobile numbers as people type them. Pure: no look-up leaves this process."""

from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_HOME_REGION = "US"
_TYPOS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "homtail.com": "hotmail.com",
    "hotmial.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "yaho.com": "yahoo.com",
}


class AddressFault(StrEnum):
    """What is wrong with an address, one value per message."""

    EMPTY = "empty"
    LENGTH = "length"
    FORMAT = "format"
    NOT_MOBILE = "not_mobile"


class AddressError(ValueError):
    """An address a code cannot be sent to; `fault` says why."""

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def email(text: str) -> str:
    """The address as typed, its domain in lower case; raises AddressError. RFC 5321 §4.5.3.1: at most 254."""
    bare = text.strip()
    if not bare:
        raise AddressError(AddressFault.EMPTY)
    if len(bare) > 254:
        raise AddressError(AddressFault.LENGTH)
    try:
        # No look-up: whether mail arrives is what the code proves.
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        raise AddressError(AddressFault.FORMAT) from None


def email_key(address: str) -> str:
    """What two ways to write one address have in common: capitals make no other mailbox."""
    return address.casefold()


def likely_email(address: str) -> str | None:
    """The address a slip of the finger was probably meant to be, or None."""
    local, _, domain = address.rpartition("@")
    meant = _TYPOS.get(domain)
    return f"{local}@{meant}" if meant else None


def mobile(text: str) -> str:
    """E.164 of a number a text message can reach; raises AddressError.

    US numbers do not tell mobile from fixed line, so only what is surely no mobile is refused.
    """
    bare = text.strip()
    if not bare:
        raise AddressError(AddressFault.EMPTY)
    try:
        number = phonenumbers.parse(bare, _HOME_REGION)
    except phonenumbers.NumberParseException:
        raise AddressError(AddressFault.FORMAT) from None
    # "Possible" alone would let 555-0143 through: a number that is right only within its area.
    whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not whole or number.extension:
        raise AddressError(AddressFault.FORMAT)
    refused = (phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.PREMIUM_RATE)
    if phonenumbers.number_type(number) in refused:
        raise AddressError(AddressFault.NOT_MOBILE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked_email(address: str) -> str:
    """`p•••@practice.example`: enough to recognise one's own."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def masked_mobile(e164: str) -> str:
    """`•••1234`: enough to recognise one's own."""
    return f"•••{e164[-4:]}"
