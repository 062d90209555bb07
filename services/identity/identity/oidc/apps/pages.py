"""The page door of the apps a person is signed in to."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.oidc import scopes
from identity.oidc.apps import service
from identity.sessions import door
from shared.errors import not_found
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page

blueprint = Blueprint("apps", __name__)
_HERE = "/account/apps"
_SENTENCES = {
    scopes.PROFILE: say("your name and user ID"),
    scopes.EMAIL: say("your e-mail address"),
    scopes.PHONE: say("your mobile phone number"),
    scopes.ORGANIZATION: say("the organization you work for"),
    scopes.FUNCTIONS: say("what you may do there"),
    scopes.POPULATION: say("which portal your account is for"),
}


@blueprint.get(_HERE)
@door.signed_in()
def show() -> ResponseReturnValue:
    """List the apps and what each knows of the person."""
    with reading() as session:
        found = service.connected(session, door.here().account_id, context().clock.now())
    done = request.args.get("done") == "disconnected"
    return page("profile/apps.html", apps=found, sentences=_SENTENCES, done=done)


@blueprint.post(f"{_HERE}/<client_id>/disconnect")
@door.signed_in()
def disconnect(client_id: str) -> ResponseReturnValue:
    """Take back what the app holds; 404 where it holds nothing of this person."""
    with transaction() as work:
        if not service.disconnect(work, door.here().account_id, client_id):
            raise not_found()
    return redirect(f"{_HERE}?done=disconnected", 303)
