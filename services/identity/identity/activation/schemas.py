"""Shapes of the API and of the page."""

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError, fields, validate

from identity.accounts.states import Population
from shared.contracts.secrecy import looks_like_tin
from shared.i18n import say
from shared.web.api import Shape
from shared.web.forms import PageForm, Secret, Text


def _is_address(text: str) -> None:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError("This is not an e-mail address.") from error


def _is_line(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise ValidationError("Give one line of text.")


def _is_no_tin(text: str) -> None:
    # The reference travels in account.opened, and no event may carry what has the form of a TIN.
    if looks_like_tin(text):
        raise ValidationError("This looks like a TIN. Use an id of your own.")


class OpenAccountIn(Shape):
    """What is needed to open an account. Status, roles and proofs are not for callers to set (threat 34)."""

    reference = fields.String(required=True, validate=[validate.Length(1, 64), _is_line, _is_no_tin])
    display_name = fields.String(required=True, validate=[validate.Length(1, 200), _is_line])
    email = fields.String(required=True, validate=[validate.Length(max=254), _is_address])
    mobile = fields.String(load_default=None, allow_none=True, validate=[validate.Length(1, 40), _is_line])
    population = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in Population if kind is not Population.STAFF])
    )
    language = fields.String(load_default="en", validate=validate.OneOf(["en", "es"]))
    return_url = fields.String(required=True, validate=validate.Length(1, 2000))


class OpenAccountOut(Shape):
    """The account and the page where its person takes it. Once taken, that is the return address itself."""

    account_id = fields.String(required=True)
    status = fields.String(required=True)
    activation_url = fields.String(required=True)


class AddressIn(Shape):
    """An e-mail address, as somebody typed it."""

    email = fields.String(required=True, validate=[validate.Length(max=254), _is_address])


class OwnersOut(Shape):
    """The accounts of practices' people that proved the address; none where it is nobody's."""

    account_ids = fields.List(fields.String(), required=True)


class AccountOut(Shape):
    """An account as services may see it."""

    account_id = fields.String()
    user_id = fields.String(allow_none=True)
    display_name = fields.String()
    email = fields.String()
    email_verified = fields.Boolean()
    phone = fields.String(allow_none=True)
    population = fields.String()
    status = fields.String()


class ActivateForm(PageForm):
    """User ID and password."""

    user_id = Text(empty=say("Enter the user ID you want"))
    password = Secret(empty=say("Enter the password you want"))
