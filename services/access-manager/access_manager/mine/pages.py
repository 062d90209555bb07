"""The page door of one's own access. A person without access learns where to ask, and no name."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from access_manager.mine import service
from shared.auth import ACR_PASSWORD
from shared.web.door import context, reading
from shared.web.shell import gettext, page
from shared.web.signin import person, signed_in

HERE = "/manage/mine"
blueprint = Blueprint("mine", __name__)


@blueprint.get(HERE)
@signed_in(ACR_PASSWORD, ("provider",))
def mine() -> ResponseReturnValue:
    """What I may do, what I lack, and who controls my access."""
    with reading() as session:
        found = service.own(session, person().account_id)
    return page(
        "manage/mine.html",
        found=found,
        now=context().clock.now(),
        person_name=person().name,
        nav=[(HERE, gettext("My access"), True), ("/account", gettext("My account"), False)],
        home_url=HERE,
        signout_url="/manage/signout",
    )
