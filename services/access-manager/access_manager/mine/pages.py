"""The page door of one's own access. A person without access learns where to ask, and no name."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from access_manager.functions.catalogue import BY_ID
from access_manager.mine import service
from access_manager.mine.frame import HERE, own_page
from access_manager.requests.flow import REASONS, SENTENCES
from shared.auth import ACR_PASSWORD
from shared.web.door import context, reading
from shared.web.signin import person, signed_in

blueprint = Blueprint("mine", __name__)


@blueprint.get(HERE)
@signed_in(ACR_PASSWORD, ("provider",))
def mine() -> ResponseReturnValue:
    """What I may do, what I lack, and who controls my access."""
    now = context().clock.now()
    with reading() as session:
        found = service.own(session, person().account_id, now)
    return own_page(
        "manage/mine.html",
        found=found,
        now=now,
        catalogue=BY_ID,
        reasons=REASONS,
        sentences={state.value: words for state, words in SENTENCES.items()},
        asked="asked" in request.args,
        withdrawn="withdrawn" in request.args,
    )
