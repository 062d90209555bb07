"""Shapes of the API, and the forms that take a code and say where codes go."""

from marshmallow import ValidationError, fields, validate

from identity.codes.rules import DIGITS
from shared import notices
from shared.i18n import say
from shared.web.api import Shape
from shared.web.forms import Choice, Digits, PageForm

REASONS = ("no_such_address", "mailbox_full", "refused", "other")


class CodeForm(PageForm):
    """Six digits, however they are grouped."""

    code = Digits(
        empty=say("Enter the 6-digit code"),
        wrong=say("The code has 6 digits. Enter all of them"),
        count=DIGITS,
    )


class WhereForm(PageForm):
    """The contact to which codes go from now on."""

    contact_id = Choice(empty=say("Choose where to send codes"))


def _names_a_message(text: str) -> None:
    if notices.named_by(text) is None:
        raise ValidationError("Give the Message-ID of the mail, or the id that came with the text message.")


class BounceIn(Shape):
    """A message that did not arrive. The address is not needed: the message's id names it."""

    message_id = fields.String(
        required=True,
        validate=[validate.Length(1, 400), _names_a_message],
        metadata={"description": "Message-ID of the mail (RFC 5322), or `id` of the text message."},
    )
    reason = fields.String(load_default="other", validate=validate.OneOf(REASONS))
