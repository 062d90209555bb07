"""What identity tells: accounts and how they stand, sessions and their end. Never a secret."""

from shared.contracts.contract import EventContract, Payload
from shared.contracts.fields import Choice, Instant, Text, Whole, ident, texts
from shared.contracts.shapes import population


class AccountOpened(Payload):
    """An account exists; `reference` is the id of the application that asked for it."""

    account_id = ident()
    reference = ident(allow_none=True)
    population = population()
    status = Choice("pending", "active")


class AccountStanding(Payload):
    """How an account stands now."""

    account_id = ident()
    population = population()
    status = Choice("pending", "active", "locked", "closed")
    reason = Text(longest=200, allow_none=True, required=False)
    locked_until = Instant(allow_none=True, required=False)


class ContactChanged(Payload):
    """Where an account's person can be reached: the main e-mail address and mobile as they are now."""

    account_id = ident()
    email = Text(longest=254)
    mobile = Text(longest=40, allow_none=True)
    kind = Choice("email", "sms")
    change = Choice("added", "confirmed", "made_main", "removed", "undone")
    changed_at = Instant()


class CredentialChanged(Payload):
    """A way of signing in was added, replaced or removed; which one, never its content."""

    account_id = ident()
    kind = Choice("password", "authenticator_app", "passkey", "recovery_set", "sms", "email")
    change = Choice("added", "replaced", "removed")
    changed_at = Instant()


class RiskDetected(Payload):
    """Something was unusual about a sign-in, and it was verified or refused because of that; the signs as codes.

    One that was allowed is told where the account is in use at several places at once: it may be shared.

    What an app was given, in two hands, counts: `deny`, `refresh_replayed`, `foreign_client` or `code_replayed`.
    """

    account_id = ident()
    session_id = ident(allow_none=True)
    verdict = Choice("allow", "verify", "deny")
    reasons = texts(longest=40, most=20)
    detected_at = Instant()


class SessionStarted(Payload):
    """A person signed in."""

    session_id = ident()
    account_id = ident()
    acr = Text(longest=60)
    amr = texts(longest=20, most=10)
    started_at = Instant()


class SessionAssured(Payload):
    """A session's person proved more, or began anew with less: the level as it is now, and as it was."""

    session_id = ident()
    account_id = ident()
    acr = Text(longest=60)
    previous_acr = Text(longest=60)
    amr = texts(longest=20, most=10)
    assured_at = Instant()


class SessionEnded(Payload):
    """A session is over: nobody may rely on it any more."""

    session_id = ident()
    account_id = ident()
    reason = Text(longest=100)
    ended_at = Instant(required=False)


class TermsPublished(Payload):
    """A version of the terms of use exists; the highest version whose instant has come is the one in force."""

    version = Whole(1)
    effective_at = Instant()


class TermsAccepted(Payload):
    """An account accepted a version of the terms of use that was in force."""

    account_id = ident()
    version = Whole(1)
    accepted_at = Instant()


CONTRACTS = (
    EventContract(
        type="account.opened",
        sender="identity",
        schema=AccountOpened,
        summary="A person chose a user ID and a password.",
        subject="account id",
        listeners=("access-manager", "registration"),
    ),
    EventContract(
        type="account.activated",
        sender="identity",
        schema=AccountStanding,
        summary="A pending account became active with its first membership.",
        subject="account id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="account.locked",
        sender="identity",
        schema=AccountStanding,
        summary="An account cannot sign in for now.",
        subject="account id",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="account.unlocked",
        sender="identity",
        schema=AccountStanding,
        summary="A locked account can sign in again.",
        subject="account id",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="account.closed",
        sender="identity",
        schema=AccountStanding,
        summary="An account is closed for good.",
        subject="account id",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="contact.changed",
        sender="identity",
        schema=ContactChanged,
        summary="An address of a person was added, confirmed, made the main one or removed.",
        subject="account id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="credential.changed",
        sender="identity",
        schema=CredentialChanged,
        summary="A person's means of signing in have changed.",
        subject="account id",
        listeners=("identity",),
    ),
    EventContract(
        type="risk.detected",
        sender="identity",
        schema=RiskDetected,
        summary="A sign-in was unusual or a token of it was in two hands: more was asked for, or it was refused.",
        subject="sign-in id, or grant id",
    ),
    EventContract(
        type="session.started",
        sender="identity",
        schema=SessionStarted,
        summary="A person signed in.",
        subject="session id",
        listeners=("access-manager",),
    ),
    EventContract(
        type="session.assured",
        sender="identity",
        schema=SessionAssured,
        summary="How surely a session's person is known has changed.",
        subject="session id",
        listeners=("identity",),
    ),
    EventContract(
        type="session.ended",
        sender="identity",
        schema=SessionEnded,
        summary="A session is over; every page session that came from it ends.",
        subject="session id",
        listeners=("access-manager", "availability", "identity", "registration"),
    ),
    EventContract(
        type="terms.published",
        sender="identity",
        schema=TermsPublished,
        summary="A version of the terms of use was published; payer staff are not asked for it.",
        subject="terms",
        listeners=("access-manager",),
    ),
    EventContract(
        type="terms.accepted",
        sender="identity",
        schema=TermsAccepted,
        summary="A person accepted the terms of use.",
        subject="account id",
        listeners=("access-manager",),
    ),
)
