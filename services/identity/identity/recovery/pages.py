"""The page door of recovery: whom to turn to; the same answer for everybody."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shared.auth import open_page
from shared.web.shell.render import page

blueprint = Blueprint("recovery", __name__)


@blueprint.get("/recover")
@open_page("who cannot sign in is not known yet")
def show() -> ResponseReturnValue:
    """Say who helps, and what they will ask."""
    return page("recovery/recover.html")
