"""The frame of every page under /admin: the ways that the role of whoever looks may go.

Their name, the way out and the countdown come from the session by themselves, as on every page of identity.
"""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from identity.operators import door
from identity.operators.names import NAMES
from identity.operators.roles import Area, may
from shared.i18n import say
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

HOME = "/admin"
AUDIT = "/admin/audit"
CLIENTS = "/admin/clients"
_OF_CLIENTS = ("/admin/new-client", "/admin/registration")
_WAYS = (
    (HOME, say("Accounts"), Area.ACCOUNTS),
    ("/admin/policies", say("Policies"), Area.READ_POLICIES),
    ("/admin/organizations", say("Organizations"), Area.READ_POLICIES),
    ("/admin/terms", say("Terms of use"), Area.TERMS),
    (CLIENTS, say("Apps"), Area.READ_CLIENTS),
    ("/admin/keys", say("Keys"), Area.READ_CLIENTS),
    (AUDIT, say("Audit"), Area.AUDIT),
)


def admin_page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page of /admin with its navigation; nothing here is anybody's default language but the reader's."""
    who = door.here()
    nav = [(href, _(label), _is_here(href)) for href, label, area in _WAYS if may(who.role, area)]
    frame = {"names": NAMES, "nav": nav, "home_url": HOME, "role": who.role}
    return page(template, status, **{**frame, **values})


def _is_here(href: str) -> bool:
    if href == HOME:
        return request.path == HOME or request.path.startswith("/admin/accounts")
    if href == CLIENTS and request.path.startswith(_OF_CLIENTS):
        return True
    return request.path == href or request.path.startswith(f"{href}/")
