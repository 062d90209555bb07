"""What the shell shows on every page of a person's own: who is signed in, for whom, and when that ends."""

from urllib.parse import urlencode

from flask import g

from identity.accounts import service as accounts
from identity.entitlements import service as entitlements
from identity.sessions import lives
from identity.sessions.service import SessionView
from shared.web.addresses import way_back
from shared.web.door import context, reading


def frame() -> dict[str, object]:
    """Return the shell's values for a page that declares `signed_in` or `sensitive`; nothing for any other."""
    here: SessionView | None = g.get("identity_session")
    return _person(here) | _countdown(here) if here is not None else {}


def _person(here: SessionView) -> dict[str, object]:
    with reading() as session:
        account = accounts.get(session, here.account_id)
        held = entitlements.active(session, here.account_id, context().clock.now())
        name = account.display_name if account else None
    active = entitlements.chosen(held, here.organization_id)
    organization = active.organization["name"] if active else None
    return {"person_name": name, "organization_name": organization, "signout_url": "/logout"}


def _countdown(here: SessionView) -> dict[str, object]:
    ended = {"minutes": int(here.idle.total_seconds() // 60), "back": way_back()}
    return {
        "session_seconds": lives.seconds_left(here.idles_at, here.ends_at, context().clock.now()),
        "session_url": "/account/session",
        "session_ended_url": f"/logout/idle?{urlencode(ended)}",
    }
