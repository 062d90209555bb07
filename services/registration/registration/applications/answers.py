"""What people answer in `/register`: from a submitted form to values, or to a sentence beside each field.

Pure: forms come in as plain mappings, sentences go out as keys of the catalogue (`say`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registration.contacts import addresses
from registration.contacts.addresses import AddressError, AddressFault
from registration.directory import numbers
from registration.directory.numbers import Fault, NumberFault
from shared.contracts.secrecy import looks_like_tin
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


@dataclass(frozen=True)
class OrganizationAnswer:
    """The organization asked for; with `has_tin`, a `tin` of None means the one given before."""

    name: str
    has_tin: bool
    tin: str | None
    npi: str | None


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


_TIN = {
    Fault.EMPTY: say("Enter the TIN, or choose that you don’t have one"),
    Fault.CHARACTERS: say("A TIN has digits only. Spaces and hyphens are fine."),
    Fault.LENGTH: say("A TIN has 9 digits"),
    Fault.UNASSIGNED: say("This TIN has not been assigned to anybody. Check the number on a tax document."),
}
_NPI = {
    Fault.CHARACTERS: say("An NPI has digits only. Spaces and hyphens are fine."),
    Fault.LENGTH: say("An NPI has 10 digits"),
    Fault.UNASSIGNED: say("An NPI starts with 1 or 2"),
    Fault.CHECK_DIGIT: say("Check the NPI: one of its digits is not right"),
}
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


def organization(form: Mapping[str, str], *, tin_kept: bool = False) -> OrganizationAnswer | Errors:
    """The organization; with `tin_kept` an empty TIN field means the one given before (it is never shown again)."""
    errors: Errors = {}
    has_tin = form.get("has_tin", "")
    if has_tin not in {"yes", "no"}:
        errors["has_tin"] = say("Choose whether the organization has a TIN")
    tin = None
    typed = form.get("tin", "")
    if has_tin == "yes" and not (tin_kept and not typed.strip()):
        tin = _number(numbers.tin, typed, "tin", _TIN, errors)
    npi = _number(numbers.npi, form["npi"], "npi", _NPI, errors) if form.get("npi", "").strip() else None
    name = _line(form, "organization_name", 200, say("Enter the name of the organization"), errors)
    return errors or OrganizationAnswer(name, has_tin == "yes", tin, npi)


def contact(form: Mapping[str, str]) -> ContactAnswer | Errors:
    """Name, e-mail and mobile."""
    errors: Errors = {}
    name = _line(form, "display_name", 120, say("Enter your full name"), errors)
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


def _number(
    parse: Callable[[str], str], typed: str, name: str, sentences: Mapping[Fault, Message], errors: Errors
) -> str | None:
    try:
        return parse(typed)
    except NumberFault as error:
        errors[name] = sentences[error.fault]
        return None


def _line(form: Mapping[str, str], name: str, limit: int, missing: Message, errors: Errors) -> str:
    text = " ".join(form.get(name, "").split())
    if not text:
        errors[name] = missing
    elif len(text) > limit:
        errors[name] = say("Use at most %(limit)s characters", limit=limit)
    elif not text.isprintable():
        errors[name] = say("Use letters, digits and punctuation only")
    elif looks_like_tin(text):
        errors[name] = say("This looks like a TIN. Enter a name here: the TIN has a field of its own.")
    return text
