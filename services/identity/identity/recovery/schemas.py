"""Shapes of the API by which a recovery is started for somebody."""

from marshmallow import ValidationError, fields, validate

from identity.recovery.flow import Aim
from shared.web.api import Shape


def _says_something(text: str) -> None:
    if not text.strip():
        raise ValidationError("Say what made you sure of the person.")


class StartIn(Shape):
    """For which organization, and which of its managers asks. What is recovered is not theirs to choose."""

    organization_id = fields.String(required=True, validate=validate.Length(1, 64))
    manager_id = fields.String(required=True, validate=validate.Length(1, 64))


class DeskIn(Shape):
    """What is recovered, and what the desk saw or heard that made it sure of the person; kept in the audit."""

    aim = fields.String(required=True, validate=validate.OneOf([aim.value for aim in Aim]))
    evidence = fields.String(required=True, validate=[validate.Length(1, 1000), _says_something])


class StartOut(Shape):
    """Where the link went, masked. No secret is returned to anybody (C4)."""

    sent_to = fields.String(required=True)
