"""E-mail addresses and mobile numbers as people type them, and when two are the same. Pure: nothing is looked up."""

from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMAIL = "email"
SMS = "sms"
LONGEST = 254  # RFC 5321 §4.5.3.1
_HOME_REGION = "US"


class Fault(StrEnum):
    """Why nothing can be sent to an address."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    FORMAT = "format"
    NOT_MOBILE = "not_mobile"


def read(kind: str, text: str) -> str | Fault:
    """Return the address as it is stored (an e-mail address composed, a mobile in E.164), or what is wrong with it."""
    bare = text.strip()
    if not bare:
        return Fault.EMPTY
    if len(bare) > LONGEST:
        return Fault.TOO_LONG
    return _email(bare) if kind == EMAIL else _mobile(bare)


def kind_of(text: str) -> str:
    """Return which kind of address somebody typed into a field that takes both."""
    return EMAIL if "@" in text else SMS


def key(kind: str, address: str) -> str:
    """Return what two spellings of one address share: e-mail without case, a mobile as digits with its country."""
    if kind == EMAIL:
        found = _email(address.strip())
        return (address.strip() if isinstance(found, Fault) else found).casefold()
    mobile = _mobile(address)
    return address.strip() if isinstance(mobile, Fault) else mobile


def _email(bare: str) -> str | Fault:
    try:
        # Whether mail arrives there is what the code proves, so no name server is asked.
        return validate_email(bare, check_deliverability=False).normalized
    except EmailNotValidError:
        return Fault.FORMAT


def _mobile(bare: str) -> str | Fault:
    """US numbers do not tell mobile from fixed line, so only what is surely no mobile is refused."""
    try:
        number = phonenumbers.parse(bare, _HOME_REGION)
    except phonenumbers.NumberParseException:
        return Fault.FORMAT
    # "Possible" alone would take a number without its area code.
    whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not whole or number.extension:
        return Fault.FORMAT
    if phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
    ):
        return Fault.NOT_MOBILE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
