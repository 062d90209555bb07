"""Shapes of the desk's API: cases out; calls, seats and refusals in. Unknown names are refused."""

import unicodedata

from marshmallow import ValidationError, fields, validate

from registration.vetting.cases import CallOutcome, CaseState, Evidence, OrganizationKind
from shared.contracts.secrecy import looks_like_tin
from shared.web.api import Instant, Shape

REASON_LONGEST = 1000
NOTE_LONGEST = 2000


def not_a_tin(text: str) -> None:
    """Free text is shown, sent and audited: a TIN has no place in it."""
    if looks_like_tin(text.strip()):
        raise ValidationError("This looks like a TIN. Leave it out.")


def readable(text: str) -> None:
    """Control characters would keep the event that tells of it from being sent; line breaks and tabs are fine."""
    if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in text):
        raise ValidationError("Remove the characters that are not text.")


def one_line(text: str) -> None:
    """Names stand in the subjects of mails."""
    if not text.isprintable():
        raise ValidationError("Give one line of text.")


def not_blank(text: str) -> None:
    """Spaces are not an answer."""
    if not text.strip():
        raise ValidationError("Say something here.")


def _one_of(kind: type[CallOutcome] | type[OrganizationKind] | type[Evidence]) -> validate.OneOf:
    return validate.OneOf([str(each) for each in kind])


class CallIn(Shape):
    """A telephone call to the office."""

    outcome = fields.String(required=True, validate=_one_of(CallOutcome))
    spoke_to = fields.String(load_default="", validate=[validate.Length(max=120), not_a_tin])
    evidence = fields.List(
        fields.String(validate=_one_of(Evidence)), load_default=list, validate=validate.Length(max=len(Evidence))
    )
    number_called = fields.String(load_default="", validate=validate.Length(max=40))
    note = fields.String(load_default="", validate=[validate.Length(max=NOTE_LONGEST), not_a_tin])


class CallOut(Shape):
    """A recorded call."""

    id = fields.String(required=True)
    called_at = Instant(required=True)
    agent_id = fields.String(required=True)
    outcome = fields.String(required=True)
    spoke_to = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)
    number_called = fields.String(required=True)
    note = fields.String(required=True)


class SeatIn(Shape):
    """The organization to seat the applicant in as first access manager."""

    organization_name = fields.String(required=True, validate=[validate.Length(1, 200), not_blank, one_line, not_a_tin])
    organization_kind = fields.String(required=True, validate=_one_of(OrganizationKind))
    functions = fields.List(
        fields.String(validate=validate.Length(1, 100)), required=True, validate=validate.Length(1, 100)
    )


class RefusalIn(Shape):
    """Why the application is refused; the applicant reads it."""

    reason = fields.String(required=True, validate=[validate.Length(1, REASON_LONGEST), not_blank, readable, not_a_tin])


class CaseOut(Shape):
    """One case. The number to call comes from the directory."""

    id = fields.String(required=True)
    application_id = fields.String(required=True)
    application_number = fields.String(required=True)
    account_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in CaseState]))
    applicant = fields.String(required=True)
    organization_name = fields.String(required=True, allow_none=True)
    tin_last4 = fields.String(required=True, allow_none=True)
    telephone = fields.String(required=True, allow_none=True)
    functions = fields.List(fields.String(), required=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    overdue = fields.Boolean(required=True)
    decided_at = Instant(required=True, allow_none=True)
    organization_id = fields.String(required=True, allow_none=True)
    calls = fields.List(fields.Nested(CallOut), required=True)


class CasesOut(Shape):
    """The queue, the most urgent first."""

    cases = fields.List(fields.Nested(CaseOut), required=True)
