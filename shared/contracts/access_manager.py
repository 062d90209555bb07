"""What access-manager tells: who decided what, who holds what, who manages whom."""

from shared.contracts.contract import EventContract, Payload
from shared.contracts.fields import Choice, Instant, Instants, Text, Whole, ident, inner, texts
from shared.contracts.shapes import Organization


class ApprovalRequired(Payload):
    """An approval is open at an organization's managers."""

    approval_id = ident()
    application_id = ident()
    organization_id = ident()
    account_id = ident()
    functions = texts(longest=100)
    due_at = Instant()


class ApprovalDecided(Payload):
    """The first and only decision on an approval."""

    approval_id = ident()
    application_id = ident()
    account_id = ident()
    organization_id = ident()
    outcome = Choice("approved", "approved_with_changes", "denied")
    functions = texts(longest=100)
    reason = Text(longest=1000, allow_none=True)
    decided_at = Instant()


class Membership(Payload):
    """A membership as it stands now; `sequence` orders its versions."""

    membership_id = ident()
    account_id = ident()
    organization = inner(Organization)
    status = Choice("active", "removed", "suspended")
    role = Choice("member", "manager")
    functions = texts(longest=100)
    # The functions among them that end before the membership does.
    function_ends = Instants(required=False)
    starts_at = Instant()
    ends_at = Instant(allow_none=True)


class AccessRequested(Payload):
    """A member asks for more; `sequence` grows where they add something before anybody decided."""

    request_id = ident()
    organization_id = ident()
    account_id = ident()
    functions = texts(longest=100)
    asked_at = Instant()


class ManagerChanged(Payload):
    """Who manages an organization now."""

    organization_id = ident()
    managers = texts(longest=64, most=15)
    count = Whole()


class OrganizationChanged(Payload):
    """An organization as it stands now, with what it may hold."""

    organization = inner(Organization)
    manager_count = Whole()
    functions = texts(longest=100)


class ReviewOpened(Payload):
    """Everybody who has access to an organization is to be confirmed by `due_at`."""

    review_id = ident()
    organization_id = ident()
    people = Whole()
    opened_by = ident()
    opened_at = Instant()
    due_at = Instant()


class ReviewDecisions(Payload):
    """How many people of a review had which decision."""

    keep = Whole()
    fewer = Whole()
    remove = Whole()
    lapsed = Whole()
    exempt = Whole()
    gone = Whole()


class ReviewClosed(Payload):
    """A review is over; the checksum is that of its evidence as JSON."""

    review_id = ident()
    organization_id = ident()
    how = Choice("decided", "due")
    decisions = inner(ReviewDecisions)
    evidence_sha256 = Text(longest=64)
    closed_at = Instant()


class ManagerDormant(Payload):
    """The only access manager of an organization has stopped signing in; nobody there can be asked."""

    organization_id = ident()
    account_id = ident()
    display_name = Text(required=False, allow_none=True)
    last_seen_at = Instant(allow_none=True)
    noticed_at = Instant()


class ManagerReturned(Payload):
    """An access manager of whom `manager.dormant` was told has signed in again."""

    organization_id = ident()
    account_id = ident()
    seen_at = Instant()


class EmergencyStarted(Payload):
    """Somebody took up listed functions for a short time. Why is not told: people write about patients."""

    emergency_id = ident()
    organization_id = ident()
    account_id = ident()
    functions = texts(longest=100)
    started_at = Instant()
    ends_at = Instant()


class EmergencyEnded(EmergencyStarted):
    """It is over: by itself, or before that by the member or a manager."""

    ended_at = Instant()
    how = Choice("time", "member", "manager")


CONTRACTS = (
    EventContract(
        type="approval.required",
        sender="access-manager",
        schema=ApprovalRequired,
        summary="The organization's managers must decide on an application.",
        subject="approval id",
        listeners=("registration",),
    ),
    EventContract(
        type="approval.decided",
        sender="access-manager",
        schema=ApprovalDecided,
        summary="A manager decided; there is exactly one such event per approval.",
        subject="approval id",
        listeners=("registration",),
    ),
    EventContract(
        type="membership.granted",
        sender="access-manager",
        schema=Membership,
        summary="A person belongs to an organization from now on.",
        subject="membership id",
        listeners=("identity",),
    ),
    EventContract(
        type="membership.changed",
        sender="access-manager",
        schema=Membership,
        summary="What a member may do has changed.",
        subject="membership id",
        listeners=("identity",),
    ),
    EventContract(
        type="membership.removed",
        sender="access-manager",
        schema=Membership,
        summary="A person no longer belongs to an organization.",
        subject="membership id",
        listeners=("identity",),
    ),
    EventContract(
        type="access.requested",
        sender="access-manager",
        schema=AccessRequested,
        summary="A member asks their organization's managers for functions that they lack.",
        subject="access request id",
    ),
    EventContract(
        type="manager.changed",
        sender="access-manager",
        schema=ManagerChanged,
        summary="Who manages an organization has changed.",
        subject="organization id",
        listeners=("registration",),
    ),
    EventContract(
        type="organization.changed",
        sender="access-manager",
        schema=OrganizationChanged,
        summary="An organization is new, or its facts or entitlements have changed.",
        subject="organization id",
        listeners=("registration",),
    ),
    EventContract(
        type="review.opened",
        sender="access-manager",
        schema=ReviewOpened,
        summary="An organization's managers are to confirm who still needs access.",
        subject="review id",
    ),
    EventContract(
        type="review.closed",
        sender="access-manager",
        schema=ReviewClosed,
        summary="An access review is over, decided or due.",
        subject="review id",
    ),
    EventContract(
        type="manager.dormant",
        sender="access-manager",
        schema=ManagerDormant,
        summary="The only access manager of an organization has not signed in for a year.",
        subject="organization id",
        listeners=("registration",),
    ),
    EventContract(
        type="manager.returned",
        sender="access-manager",
        schema=ManagerReturned,
        summary="An access manager who had not signed in for a year has signed in again.",
        subject="organization id",
        listeners=("registration",),
    ),
    EventContract(
        type="emergency.started",
        sender="access-manager",
        schema=EmergencyStarted,
        summary="A member took up emergency access.",
        subject="emergency id",
    ),
    EventContract(
        type="emergency.ended",
        sender="access-manager",
        schema=EmergencyEnded,
        summary="Emergency access is over.",
        subject="emergency id",
    ),
)
