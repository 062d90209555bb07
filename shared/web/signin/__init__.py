"""Pages of a service sign people in through identity, as any portal does: code flow with PKCE (OIDC Core §3.1).

    page ─ no session, too weak or too old ─▶ /oauth/authorize ─▶ <prefix>/callback ─▶ session row ─▶ page
    page ─ once a minute of use ─▶ identity: the sign-in is in use ─▶ how long it lasts, or that it is over
    session.ended (event) ─▶ the row is gone ─▶ next request starts over

Sessions are rows, the cookie is a random reference; the row's key is its hash. Rows end with identity's session.
Owns: rows, cookie, the way to identity and back. Offers: `signed_in`, `person`, `looked_up`, `install_signin`,
`choose_organization`, `SESSION_ENDED`, `housekeeping`. Refuses to know: what a page shows.
"""

from shared.web.signin.door import install_signin, looked_up, person, signed_in
from shared.web.signin.rows import (
    IDLE,
    SESSION_ENDED,
    Person,
    choose_organization,
    housekeeping,
    on_session_ended,
)

__all__ = [
    "IDLE",
    "SESSION_ENDED",
    "Person",
    "choose_organization",
    "housekeeping",
    "install_signin",
    "looked_up",
    "on_session_ended",
    "person",
    "signed_in",
]
