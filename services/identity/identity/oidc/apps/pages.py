"""The page door of the apps a person is signed in to."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.oidc.apps import sentences, service
from identity.sessions import door
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page

blueprint = Blueprint("apps", __name__)
_HERE = "/account/apps"


@blueprint.get(_HERE)
@door.signed_in()
def show() -> ResponseReturnValue:
    """List the apps and what each knows of the person."""
    with reading() as session:
        found = service.connected(session, door.here().account_id, context().clock.now())
    done = request.args.get("done") == "disconnected"
    return page("profile/apps.html", apps=found, told=sentences.told, may=sentences.done, done=done)


@blueprint.post(f"{_HERE}/<client_id>/disconnect")
@door.signed_in()
def disconnect(client_id: str) -> ResponseReturnValue:
    """Take back what the app holds and was allowed; 404 where it holds nothing of this person."""
    with transaction() as work:
        if not service.disconnect(work, door.here().account_id, client_id):
            raise not_found()
    return redirect(f"{_HERE}?done=disconnected", 303)
