"""Shapes of the desk's API: cases out; calls, seats and refusals in. Unknown names are refused."""

import unicodedata
from enum import StrEnum

from marshmallow import ValidationError, fields, validate

from registration.applications.answers import OrganizationKind
from registration.contacts import addresses
from registration.contacts.addresses import AddressError
from registration.directory.numbers import mentions_tin
from registration.evidence.ways import Way
from registration.vetting.alerts import AlertKind
from registration.vetting.cases import CallOutcome, CaseState, Evidence, Ground, ProposalState, Why
from registration.vetting.service import Fact
from shared.web.api import Instant, Shape

REASON_LONGEST = 1000
OWN_WORDS_LONGEST = 800  # beside a common cause: the two together are one reason
NOTE_LONGEST = 2000


def not_a_tin(text: str) -> None:
    """Free text is shown, sent and audited: a TIN has no place in it."""
    if mentions_tin(text):
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


def an_email(text: str) -> None:
    """An address that mail can reach."""
    try:
        addresses.email(text)
    except AddressError:
        raise ValidationError("Give an e-mail address.") from None


def a_mobile_or_nothing(text: str) -> None:
    """A number that takes text messages, or none."""
    try:
        if text.strip():
            addresses.mobile(text)
    except AddressError:
        raise ValidationError("Give a mobile number with its area code, or nothing.") from None


def _one_of(kind: type[StrEnum]) -> validate.OneOf:
    return validate.OneOf([str(each) for each in kind])


class CallIn(Shape):
    """A telephone call to the office."""

    outcome = fields.String(required=True, validate=_one_of(CallOutcome))
    spoke_to = fields.String(load_default="", validate=[validate.Length(max=120), one_line, not_a_tin])
    evidence = fields.List(
        fields.String(validate=_one_of(Evidence)), load_default=list, validate=validate.Length(max=len(Evidence))
    )
    number_called = fields.String(load_default="", validate=[validate.Length(max=40), one_line, not_a_tin])
    note = fields.String(load_default="", validate=[validate.Length(max=NOTE_LONGEST), readable, not_a_tin])


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


class PersonIn(Shape):
    """The person the office named. They get a link by mail; nobody has proved the mobile, so nothing is sent there."""

    display_name = fields.String(required=True, validate=[validate.Length(1, 120), not_blank, one_line, not_a_tin])
    email = fields.String(required=True, validate=an_email)
    mobile = fields.String(load_default="", validate=a_mobile_or_nothing)


class AnotherIn(SeatIn):
    """The seat, and the person the office named for it."""

    person = fields.Nested(PersonIn, required=True)


class ProposalIn(SeatIn):
    """A seat that takes two agents; without `person` it is the applicant's."""

    reason = fields.String(required=True, validate=[validate.Length(1, REASON_LONGEST), not_blank, readable, not_a_tin])
    person = fields.Nested(PersonIn, load_default=None, allow_none=True)


class WhichProposalIn(Shape):
    """The proposal that was read: another one that took its place meanwhile is neither confirmed nor ended unseen."""

    proposal_id = fields.String(required=True, validate=validate.Length(1, 40))


class RejectionIn(WhichProposalIn):
    """Why a colleague's proposal is turned down; colleagues read it."""

    note = fields.String(required=True, validate=[validate.Length(1, REASON_LONGEST), not_blank, readable, not_a_tin])


class ScheduleIn(Shape):
    """When the office asked to be called."""

    at = Instant(required=True)


class RevealIn(Shape):
    """Which contact to show in full; the reading is audited."""

    field = fields.String(required=True, validate=_one_of(Fact))


class RevealOut(Shape):
    """A contact in full."""

    value = fields.String(required=True)


class QueueIn(Shape):
    """What to show of the queue; filters add up."""

    ground = fields.String(load_default=None, validate=_one_of(Ground))
    overdue = fields.Boolean(load_default=False)
    call_due = fields.Boolean(load_default=False)
    alerts = fields.Boolean(load_default=False)
    second = fields.Boolean(load_default=False, metadata={"description": "A proposal waits for a second agent."})
    mine = fields.Boolean(load_default=False, metadata={"description": "Cases in which the caller called or proposed."})
    size = fields.Integer(load_default=25, validate=validate.OneOf([25, 50, 100]))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))


class AlertOut(Shape):
    """One warning; what `detail` holds depends on the kind (`vetting.alerts`)."""

    kind = fields.String(required=True, validate=_one_of(AlertKind))
    detail = fields.String(required=True)


class VerifiedOut(Shape):
    """One way by which the applicant proved the organization without a call."""

    way = fields.String(required=True, validate=_one_of(Way))
    verified_at = Instant(required=True)


class ProposalOut(Shape):
    """A seat one agent proposed. `person_name` is null where it is the applicant's."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=_one_of(ProposalState))
    why = fields.List(fields.String(validate=_one_of(Why)), required=True)
    reason = fields.String(required=True)
    organization_name = fields.String(required=True)
    organization_kind = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    person_name = fields.String(required=True, allow_none=True)
    proposed_at = Instant(required=True)
    proposed_by = fields.String(required=True)
    proposed_by_name = fields.String(required=True)
    decided_at = Instant(required=True, allow_none=True)
    decided_by_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class CaseOut(Shape):
    """One case. The number to call comes from the directory; contacts are masked (`POST …/reveal` shows one).

    Without an application it is about an organization's only manager, who has stopped signing in: `dormant_manager` is
    their name, `account_id` theirs, `last_seen_at` when they signed in last.
    """

    id = fields.String(required=True)
    ground = fields.String(required=True, validate=_one_of(Ground))
    application_id = fields.String(required=True, allow_none=True)
    application_number = fields.String(required=True, allow_none=True)
    account_id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in CaseState]))
    applicant = fields.String(required=True, allow_none=True)
    dormant_manager = fields.String(required=True, allow_none=True)
    last_seen_at = Instant(required=True, allow_none=True)
    organization_name = fields.String(required=True, allow_none=True)
    tin_last4 = fields.String(required=True, allow_none=True)
    telephone = fields.String(required=True, allow_none=True)
    functions = fields.List(fields.String(), required=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    overdue = fields.Boolean(required=True)
    decided_at = Instant(required=True, allow_none=True)
    organization_id = fields.String(required=True, allow_none=True)
    seated_name = fields.String(required=True, allow_none=True)
    email_masked = fields.String(required=True, allow_none=True)
    mobile_masked = fields.String(required=True, allow_none=True)
    next_call_at = Instant(required=True, allow_none=True)
    write_a_letter = fields.Boolean(required=True)
    managers = fields.Integer(required=True)
    may_seat = fields.Boolean(required=True)
    may_name_another = fields.Boolean(required=True)
    may_close_answered = fields.Boolean(required=True)
    why_second = fields.List(fields.String(validate=_one_of(Why)), required=True)
    alerts = fields.List(fields.Nested(AlertOut), required=True)
    verified = fields.List(fields.Nested(VerifiedOut), required=True)
    proposals = fields.List(fields.Nested(ProposalOut), required=True)
    calls = fields.List(fields.Nested(CallOut), required=True)


class CasesOut(Shape):
    """The queue, the most urgent first."""

    cases = fields.List(fields.Nested(CaseOut), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
