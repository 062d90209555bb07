"""Somebody whom an app of others asks for leave: before they answer, after they allowed it, and a reference gone by.

And somebody who is not signed in, whom an app that registered itself sends with a request that cannot be answered.
"""

from typing import TYPE_CHECKING, cast

import httpx

from identity.oidc.clients.policy import THIRD_PARTY
from identity.oidc.registration import initial_tokens
from identity.oidc.registration.initial_tokens import Allowance
from tests.browser.stop import Stop
from tests.browser.stops_of_identity import CHALLENGE, NOBODY_THERE, TRIAL
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

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
    Stop("app-nobody-vouches-for", "{unvetted}", "sent", 400),
    Stop("app-nobody-vouches-for-form", "{unvetted}&response_mode=form_post", "sent", 400),
)


def arrive(scene: "Scene") -> PageVisitor:
    """Somebody who has pressed Allow."""
    visitor = scene.signed_in("omar.haddad")
    visitor.stop_at = "http://127.0.0.1:9/"
    visitor.open(_MUCH)
    visitor.press("Allow")
    return visitor


def sent(scene: "Scene") -> PageVisitor:
    """Somebody with a link of an app that nobody here has looked at."""
    with cast("OneProcess", scene.world).suite.contexts["identity"].transaction() as work:
        allowed = Allowance("Sync Inc.", THIRD_PARTY, "To copy your claims into your own charts every night.")
        token = initial_tokens.issue(work, allowed, uses=1, days=1)[1]
    address = "https://synchronization.of-patient-charts.example/callback/of/the/app"
    made = {"client_name": "Chart sync", "redirect_uris": [address], "scope": "openid profile"}
    with httpx.Client(base_url=scene.world.base_url) as app:
        told = app.post("/oauth/register", json=made, headers={"Authorization": f"Bearer {token}"})
    asked = TRIAL.replace("client_id=trial", f"client_id={told.json()['client_id']}")
    scene.places["unvetted"] = f"{asked}&{CHALLENGE}&redirect_uri={address}&prompt=none"
    return PageVisitor(scene.world.base_url)
