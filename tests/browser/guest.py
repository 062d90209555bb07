"""Somebody whom an app of others asks for leave: before they answer, after they allowed it, and a reference gone by."""

from typing import TYPE_CHECKING

from tests.browser.stop import Stop
from tests.browser.stops_of_identity import CHALLENGE, NOBODY_THERE, TRIAL
from tests.support.pages import PageVisitor

if TYPE_CHECKING:  # the scene knows everybody who stands in it, this one included
    from tests.browser.scene import Scene

_PARTNER = f"{TRIAL.replace('client_id=trial', 'client_id=trial-partner')}&{CHALLENGE}&redirect_uri={NOBODY_THERE}"
_MUCH = _PARTNER.replace("scope=openid", "scope=openid+profile+email+phone+organization+functions")
_GONE_BY = "/oauth/authorize?client_id=trial&request_uri=urn:ietf:params:oauth:request_uri:none"

STOPS = (
    Stop("consent", _MUCH, "member"),
    Stop("consent-little", _PARTNER, "member"),
    Stop("app-reference-over", _GONE_BY, status=400),
    Stop("account-apps-allowed", "/account/apps", "guest"),
    Stop("app-asks-to-sign-out", "/oauth/logout?client_id=trial", "member"),
)


def arrive(scene: "Scene") -> PageVisitor:
    """Somebody who has pressed Allow."""
    visitor = scene.signed_in("omar.haddad")
    visitor.stop_at = "http://127.0.0.1:9/"
    visitor.open(_MUCH)
    visitor.press("Allow")
    return visitor
