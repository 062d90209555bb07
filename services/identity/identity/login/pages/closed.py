"""The page door of a closed website: people wait here; loading it again once it is open leads them on."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from identity.closures import service as closures
from identity.closures.door import closed_page
from identity.closures.service import Closed
from identity.login.flow import Step
from identity.login.pages.carried import at
from identity.login.steps import Place
from identity.sessions.service import SessionView
from shared.web.door import context, reading

blueprint = Blueprint("closed", __name__, url_prefix="/login/closed")


@blueprint.get("")
@at(Step.CLOSED)
def show(_place: Place, _present: SessionView) -> ResponseReturnValue:
    """Say until when."""
    now = context().clock.now()
    with reading() as session:
        found = closures.website(session, now)
    return closed_page(found or Closed(None), now)
