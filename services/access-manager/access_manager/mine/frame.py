"""The frame of the pages about one's own access: they are everybody's, so of the console only the way there is."""

from flask import Response

from access_manager.console.frame import CONSOLE, OWN_ACCESS
from access_manager.memberships.authority import managed_by
from shared.web.door import context, reading
from shared.web.shell import gettext, page
from shared.web.signin import person

HERE = OWN_ACCESS


def own_page(template: str, status: int = 200, **values: object) -> Response:
    """Render a page about one's own access."""
    return page(
        template,
        status,
        person_name=person().name,
        nav=[(HERE, gettext("My access"), True), ("/account", gettext("My account"), False), *_console()],
        home_url=HERE,
        signout_url="/manage/signout",
        **values,
    )


def _console() -> list[tuple[str, str, bool]]:
    with reading() as session:
        manages = managed_by(session, person().account_id, context().clock.now())
    return [(CONSOLE, gettext("Manage access"), False)] if manages else []
