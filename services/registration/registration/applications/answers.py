"""What people answer in `/register`: from a submitted form to values, or to a sentence beside each field.

Pure: forms come in as plain mappings, sentences go out as keys of the catalogue (`say`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registration.contacts import addresses
from registration.contacts.addresses import AddressError, AddressFault
from registration.directory.numbers import mentions_tin
from shared.i18n import Message, say

Errors = dict[str, Message]
OWN_CHOICE = "own"


class IdentityType(StrEnum):
    """Who the person is (domain.md §1)."""

    MEDICAL = "medical"
    DENTAL = "dental"
    BEHAVIORAL = "behavioral"
    REPRESENTATIVE = "representative"

    @property
    def kind(self) -> str:
        """`practitioner` or `representative`."""
        return "representative" if self is IdentityType.REPRESENTATIVE else "practitioner"


class OrganizationKind(StrEnum):
    """What an organization is (domain.md §1)."""

    PRACTICE = "practice"
    FACILITY = "facility"
    BILLING_COMPANY = "billing_company"
    VENDOR = "vendor"


class Line(StrEnum):
    """A line of business (domain.md §1)."""

    MEDICAL = "medical"
    DENTAL = "dental"
    BEHAVIORAL = "behavioral"


@dataclass(frozen=True)
class OrganizationAnswer:
    """An organization asked for; with `has_tin`, a `tin` of None means the one given before.

    Empty `lines` stand for every line of business.
    """

    name: str
    has_tin: bool
    tin: str | None
    npi: str | None
    kind: OrganizationKind = OrganizationKind.PRACTICE
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class ContactAnswer:
    """How to reach the person; `mobile` is E.164, `mobile_typed` what they wrote."""

    name: str
    email: str
    mobile: str
    mobile_typed: str


@dataclass(frozen=True)
class AccessAnswer:
    """What the person wants to do: single functions, or a profile that stands for some."""

    profile: str | None
    functions: tuple[str, ...]


_EMAIL = {
    AddressFault.EMPTY: say("Enter your e-mail address"),
    AddressFault.LENGTH: say("The e-mail address is too long: at most 254 characters"),
    AddressFault.FORMAT: say("Enter an e-mail address like name@practice.com"),
}
_MOBILE = {
    AddressFault.EMPTY: say("Enter your mobile number"),
    AddressFault.FORMAT: say("Enter a mobile number with its area code, like 202 555 0143"),
    AddressFault.NOT_MOBILE: say("This number does not take text messages. Enter a mobile number."),
}


def who(form: Mapping[str, str]) -> IdentityType | Errors:
    """The first question: who are you?"""
    chosen = form.get("identity_type", "")
    if chosen not in set(IdentityType):
        return {"identity_type": say("Choose who you are")}
    return IdentityType(chosen)


def contact(form: Mapping[str, str]) -> ContactAnswer | Errors:
    """Name, e-mail and mobile."""
    errors: Errors = {}
    name = line(form, "display_name", 120, say("Enter your full name"), errors)
    email = mobile = ""
    try:
        email = addresses.email(form.get("email", ""))
    except AddressError as error:
        errors["email"] = _EMAIL[error.fault]
    meant = addresses.likely_email(email) if email else None
    if meant and form.get("email_sure", "").strip().casefold() != email.casefold():
        errors["email"] = say(
            "Did you mean %(meant)s? Correct the address, or continue again if it is right.", meant=meant
        )
    try:
        mobile = addresses.mobile(form.get("mobile", ""))
    except AddressError as error:
        errors["mobile"] = _MOBILE[error.fault]
    typed = "".join(filter(str.isprintable, form.get("mobile", "").strip()))
    return errors or ContactAnswer(name, email, mobile, typed[:40])


def profile(form: Mapping[str, str], profiles: Mapping[str, Sequence[str]]) -> AccessAnswer | Errors:
    """A profile, which stands for its functions; `OWN_CHOICE` is answered on a page of its own."""
    chosen = form.get("profile", "")
    if chosen not in profiles:
        return {"profile": say("Choose what you need to do")}
    return AccessAnswer(chosen, tuple(profiles[chosen]))


def tasks(chosen: Sequence[str], offered: Collection[str]) -> AccessAnswer | Errors:
    """At least one of the offered functions."""
    functions = tuple(dict.fromkeys(chosen))
    if not functions:
        return {"functions": say("Choose at least one task")}
    if not set(functions) <= set(offered):
        return {"functions": say("Choose tasks from the list")}
    return AccessAnswer(None, functions)


def line(form: Mapping[str, str], name: str, limit: int, missing: Message, errors: Errors) -> str:
    """One line of text that may be shown, mailed and sent; what is wrong with it goes into `errors` under its name."""
    text = " ".join(form.get(name, "").split())
    if not text:
        errors[name] = missing
    elif len(text) > limit:
        errors[name] = say("Use at most %(limit)s characters", limit=limit)
    elif not text.isprintable():
        errors[name] = say("Use letters, digits and punctuation only")
    elif mentions_tin(text):
        errors[name] = say("This looks like a TIN. Enter a name here: the TIN has a field of its own.")
    return text
