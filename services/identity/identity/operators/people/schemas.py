"""Shapes of the accounts API for operators."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from identity.operators.people.acts import Act
from identity.operators.people.forms import LONGEST_REASON
from identity.operators.people.portrait import Portrait
from shared.web.api import Instant, Shape

# A recovery is not here: it has an API of its own, with a scope of its own.
ACTS = tuple(act.value for act in Act if act is not Act.RECOVER)


def _is_line(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise ValidationError("Give one line of text.")


class SearchIn(Shape):
    """What names an account: user ID, e-mail address, mobile, support code or id. In the body, not in an address."""

    who = fields.String(required=True, validate=[validate.Length(1, 254), _is_line])


class FoundOut(Shape):
    """One account."""

    account_id = fields.String(required=True)
    user_id = fields.String(required=True, allow_none=True)
    display_name = fields.String(required=True)
    population = fields.String(required=True)
    status = fields.String(required=True)


class SearchOut(Shape):
    """What was found, at most twenty."""

    accounts = fields.List(fields.Nested(FoundOut), required=True)


class ActIn(Shape):
    """What to do, and why; the reason stays with the account and in the audit."""

    act = fields.String(required=True, validate=validate.OneOf(ACTS))
    reason = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), _is_line])


class ContactOut(Shape):
    """An address, masked."""

    kind = fields.String()
    masked = fields.String()
    proved = fields.Boolean()
    trusted_from = Instant(allow_none=True)
    primary = fields.Boolean()


class MethodOut(Shape):
    """A second factor, without its secret."""

    id = fields.String()
    kind = fields.String()
    name = fields.String()
    added_at = Instant()
    used_at = Instant(allow_none=True)
    usable = fields.Boolean()
    remaining = fields.Integer(allow_none=True)


class OpenSessionOut(Shape):
    """A living session."""

    id = fields.String()
    label = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    acr = fields.String()
    started_at = Instant()
    last_seen_at = Instant()


class SignInOut(Shape):
    """An attempt to sign in, with the codes of what was noticed (D4)."""

    at = Instant()
    outcome = fields.String()
    verdict = fields.String()
    reasons = fields.List(fields.String())
    label = fields.String()
    place = fields.String(allow_none=True)


class DeliveryOut(Shape):
    """What became of a code: waiting, sent or failed (C7)."""

    purpose = fields.String()
    masked = fields.String()
    channel = fields.String()
    state = fields.String()
    sent_at = Instant()


class StandingOut(Shape):
    """Everything that staff may know of an account; nothing secret, no address in full."""

    account_id = fields.String()
    user_id = fields.String(allow_none=True)
    display_name = fields.String()
    population = fields.String()
    staff_role = fields.String(allow_none=True)
    status = fields.String()
    support_code = fields.String(allow_none=True)
    held_reason = fields.String(allow_none=True)
    rests_until = Instant(allow_none=True)
    reset_required_at = Instant(allow_none=True)
    password_disabled = fields.Boolean()
    contacts = fields.List(fields.Nested(ContactOut))
    methods = fields.List(fields.Nested(MethodOut))
    sessions = fields.List(fields.Nested(OpenSessionOut))
    sign_ins = fields.List(fields.Nested(SignInOut))
    deliveries = fields.List(fields.Nested(DeliveryOut))


def standing(picture: Portrait) -> dict[str, Any]:
    """Return a portrait as `StandingOut` has it."""
    account = picture.account
    columns = ("user_id", "display_name", "population", "staff_role", "status", "support_code", "held_reason")
    times = ("rests_until", "reset_required_at")
    lists = ("password_disabled", "contacts", "methods", "sessions", "sign_ins", "deliveries")
    return {
        "account_id": account.id,
        **{name: getattr(account, name) for name in (*columns, *times)},
        **{name: getattr(picture, name) for name in lists},
    }
