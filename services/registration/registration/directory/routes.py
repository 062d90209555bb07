"""The API door of TINs: the only way out for a whole one, to a program that may know it, and written down each time."""

from flask import Flask
from flask_smorest import Blueprint
from marshmallow import ValidationError, fields, validate

from registration.directory import service
from registration.directory.service import Reader
from registration.directory.vault import TinVault
from shared.auth import insist_program, requires
from shared.contracts.secrecy import looks_like_tin
from shared.web.api import Shape, register
from shared.web.door import context, transaction


def _no_number(text: str) -> None:
    # It is written down, where nothing may have the form of a TIN.
    if looks_like_tin(text):
        raise ValidationError("This looks like a TIN. Send an id.")


_ID = (validate.Length(1, 64), _no_number)
organizations = Blueprint("organizations", __name__, url_prefix="/api/registration/v1/organizations")
SCOPE = "tins.read"


class ReaderIn(Shape):
    """For whom the program reads; both may be left out."""

    client_id = fields.String(load_default=None, validate=_ID)
    account_id = fields.String(load_default=None, validate=_ID)


class TinOut(Shape):
    """Nine digits, or null where the organization has no TIN."""

    tin = fields.String(required=True, allow_none=True)


def mount(app: Flask) -> None:
    """Add the view to the app and to its OpenAPI document."""
    register(app, organizations)


@organizations.get("/<organization_id>/tin")
@organizations.arguments(ReaderIn, location="query")
@organizations.response(200, TinOut)
@requires(SCOPE)
def tin(asked: dict[str, str | None], organization_id: str) -> dict[str, str | None]:
    """Read the TIN of an organization; programs only."""
    insist_program()
    reader = Reader(asked["client_id"], asked["account_id"])
    with transaction() as work:
        return {"tin": service.told_tin(work, context().part(TinVault), organization_id, reader)}
