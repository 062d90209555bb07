"""What people answer about an organization: name, kind, TIN, NPI, lines of business. Pure."""

from collections.abc import Callable, Mapping, Sequence

from registration.applications import answers
from registration.applications.answers import Errors, IdentityType, Line, OrganizationAnswer, OrganizationKind
from registration.applications.organizations import kinds
from registration.directory import numbers
from registration.directory.numbers import Fault, NumberFault
from shared.i18n import Message, say

TIN: Mapping[Fault, Message] = {
    Fault.EMPTY: say("Enter the TIN, or choose that you don’t have one"),
    Fault.CHARACTERS: say("A TIN has digits only. Spaces and hyphens are fine."),
    Fault.LENGTH: say("A TIN has 9 digits"),
    Fault.UNASSIGNED: say("This TIN has not been assigned to anybody. Check the number on a tax document."),
}
_NPI: Mapping[Fault, Message] = {
    Fault.CHARACTERS: say("An NPI has digits only. Spaces and hyphens are fine."),
    Fault.LENGTH: say("An NPI has 10 digits"),
    Fault.UNASSIGNED: say("An NPI starts with 1 or 2"),
    Fault.CHECK_DIGIT: say("Check the NPI: one of its digits is not right"),
}


def first(
    form: Mapping[str, str], lines: Sequence[str], identity: IdentityType, *, tin_kept: bool
) -> OrganizationAnswer | Errors:
    """The first organization; with `tin_kept` an empty TIN field means the one given before (it is never shown again).

    Who treats patients gives their own NPI here, or says that they have none.
    """
    errors: Errors = {}
    answer = _organization(form, lines, identity, tin_kept, errors)
    own = identity is not IdentityType.REPRESENTATIVE
    if own and answer.npi is None and "npi" not in errors and form.get("no_npi") != "yes":
        errors["npi"] = say("Enter your NPI, or tick that you don’t have one")
    return errors or answer


def further(form: Mapping[str, str], lines: Sequence[str], identity: IdentityType) -> OrganizationAnswer | Errors:
    """One more organization."""
    errors: Errors = {}
    answer = _organization(form, lines, identity, False, errors)
    return errors or answer


def kind(form: Mapping[str, str], identity: IdentityType, errors: Errors) -> OrganizationKind:
    """What the organization is; a fault goes into `errors`."""
    chosen = form.get("organization_kind", "")
    if chosen not in kinds.open_to(identity):
        errors["organization_kind"] = say("Choose what the organization is")
        return OrganizationKind.PRACTICE
    return OrganizationKind(chosen)


def lines_of(chosen: Sequence[str], errors: Errors) -> tuple[Line, ...]:
    """The lines of business, in their order; none for all of them. A fault goes into `errors`."""
    if not set(chosen) <= set(Line):
        errors["lines"] = say("Choose lines of business from the list")
        return ()
    found = tuple(line for line in Line if line in chosen)
    return () if len(found) == len(Line) else found


def _organization(
    form: Mapping[str, str], lines: Sequence[str], identity: IdentityType, tin_kept: bool, errors: Errors
) -> OrganizationAnswer:
    typed = form.get("tin", "")
    has_tin = form.get("has_tin") or ("yes" if typed.strip() else "")  # who enters a TIN has said that there is one
    name = answers.line(form, "organization_name", 200, say("Enter the name of the organization"), errors)
    what = kind(form, identity, errors)
    if has_tin not in {"yes", "no"}:
        errors["has_tin"] = say("Choose whether the organization has a TIN")
    tin = None
    if has_tin == "yes" and not (tin_kept and not typed.strip()):
        tin = _number(numbers.tin, typed, "tin", TIN, errors)
    npi = _number(numbers.npi, form["npi"], "npi", _NPI, errors) if form.get("npi", "").strip() else None
    return OrganizationAnswer(name, has_tin == "yes", tin, npi, what, lines_of(lines, errors))


def _number(
    parse: Callable[[str], str], typed: str, name: str, sentences: Mapping[Fault, Message], errors: Errors
) -> str | None:
    try:
        return parse(typed)
    except NumberFault as error:
        errors[name] = sentences[error.fault]
        return None
