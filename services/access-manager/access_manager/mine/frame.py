"""The frame of the pages about one's own access: they are everybody's, so the console's entries are not there."""

from flask import Response

from access_manager.console.frame import OWN_ACCESS
from shared.web.shell import gettext, page
from shared.web.signin import person

HERE = OWN_ACCESS


def own_page(template: str, status: int = 200, **values: object) -> Response:
    """Render a page about one's own access."""
    return page(
        template,
        status,
        person_name=person().name,
        nav=[(HERE, gettext("My access"), True), ("/account", gettext("My account"), False)],
        home_url=HERE,
        signout_url="/manage/signout",
        **values,
    )
