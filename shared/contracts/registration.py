"""What registration tells: somebody asks to join, and what became of vetting."""

from marshmallow import fields, validate

from shared.contracts.contract import EventContract, Payload
from shared.contracts.fields import Choice, Instant, Text, ident, inner, texts
from shared.contracts.shapes import Contact, Organization

ORGANIZATION_KINDS = ("practice", "facility", "billing_company", "vendor")
LINES_OF_BUSINESS = ("medical", "dental", "behavioral")


class UserRegistered(Payload):
    """A submitted application, whole, so that nobody has to ask back.

    Told again, with another route, where an application changes hands. `lines_of_business`: None for all of them.
    `remind_at`: when managers who were asked are reminded, ascending, by registration's calendar of business days.
    """

    application_id = ident()
    account_id = ident()
    person = inner(Contact)
    kind = Text(longest=60)
    organization_id = ident(allow_none=True)
    organization_name = Text(allow_none=True)
    organization_kind = Choice(*ORGANIZATION_KINDS, required=False, allow_none=True)
    lines_of_business = fields.List(Choice(*LINES_OF_BUSINESS), required=False, allow_none=True)
    route = Choice("managers", "vetting")
    functions = texts(longest=100)
    profile = Text(longest=100, allow_none=True)
    submitted_at = Instant()
    due_at = Instant()
    remind_at = fields.List(Instant(), required=False, validate=validate.Length(max=5))


class ApplicationExpired(Payload):
    """Nobody came back to an application for which an account had been made."""

    application_id = ident()
    account_id = ident()
    expired_at = Instant()


class ApplicationWithdrawn(Payload):
    """The applicant took the application back."""

    application_id = ident()
    account_id = ident()
    organization_id = ident(allow_none=True)
    withdrawn_at = Instant()


class VettingRequired(Payload):
    """A desk case is open, also when it has become overdue.

    Without an application it is about the only access manager of an organization, who has stopped signing in:
    `account_id` is theirs then.
    """

    case_id = ident()
    application_id = ident(allow_none=True)
    account_id = ident()
    due_at = Instant()


class VettingCompleted(Payload):
    """The desk's word: seated with an organization, or refused. Without an application: seated beside a manager who
    has stopped signing in."""

    case_id = ident()
    application_id = ident(allow_none=True)
    account_id = ident()
    outcome = Choice("seated", "refused")
    organization = inner(Organization, allow_none=True)
    person = inner(Contact)
    functions = texts(longest=100)
    reason = Text(longest=1000, allow_none=True, required=False)


CONTRACTS = (
    EventContract(
        type="user.registered",
        sender="registration",
        schema=UserRegistered,
        summary="Somebody asks to join an organization; the route says who decides.",
        subject="application id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="application.expired",
        sender="registration",
        schema=ApplicationExpired,
        summary="An application was never handed in, though an account had been made for it.",
        subject="application id",
    ),
    EventContract(
        type="application.withdrawn",
        sender="registration",
        schema=ApplicationWithdrawn,
        summary="The applicant took the application back before it was decided.",
        subject="application id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="vetting.required",
        sender="registration",
        schema=VettingRequired,
        summary="Nobody inside can decide: the support desk must vet by the due date.",
        subject="case id",
    ),
    EventContract(
        type="vetting.completed",
        sender="registration",
        schema=VettingCompleted,
        summary="The support desk seated the person as first manager, or refused.",
        subject="case id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="vetting.overdue",
        sender="registration",
        schema=VettingRequired,
        summary="A vetting case has passed its due date.",
        subject="case id",
    ),
)
