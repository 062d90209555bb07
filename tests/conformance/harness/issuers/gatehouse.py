"""Gatehouse as the issuer under test: the suite in one process, with its demo people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CERTIFICATION, FAPI2
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from identity.oidc.scopes import EMAIL, OPENID, PHONE, PROFILE
from tests.conformance.harness.issuers import roles
from tests.conformance.harness.issuers.browser import Browser
from tests.conformance.harness.issuers.subject import Registered
from tests.conformance.harness.wire import HTTP
from tests.journeys.story import THURSDAY
from tests.support.world import OneProcess, one_process, person

_SCOPES = (OPENID, PROFILE, EMAIL, PHONE)
_PERSON = "priya.nair"


class Gatehouse:
    """See Subject."""

    name = "gatehouse"
    person = _PERSON

    def __init__(self, world: OneProcess, origin: str) -> None:
        self._world, self._listener = world, origin
        self.issuer = world.base_url
        self.clients: dict[str, Registered] = {}
        for part in roles.parts(origin):
            self._register(part)

    @cached_property
    def discovery(self) -> dict[str, Any]:
        """See Subject."""
        return dict(HTTP.get(f"{self.issuer}/.well-known/openid-configuration").json())

    def now(self) -> datetime:
        """See Subject."""
        return self._world.now()

    def wait(self, seconds: int) -> None:
        """See Subject."""
        self._world.set_clock(self._world.now() + timedelta(seconds=seconds))

    def browser(self) -> Browser:
        """See Subject."""
        return Browser(self.issuer, self._listener)

    def step(self, browser: Browser) -> str:
        """See Subject."""
        if browser.has_field("Password"):
            browser.fill("User ID", self.person)
            browser.fill("Password", person(self._world, self.person)["password"])
            browser.press("Sign in")
            return "sign-in"
        if browser.has_button("Allow"):
            browser.press("Allow")
            return "consent"
        raise AssertionError(f"nothing to do at {browser.address}: {browser.text[:500]}")

    def decline(self, browser: Browser) -> None:
        """See Subject."""
        browser.press("Do not allow")

    def confirm_sign_out(self, browser: Browser) -> bool:
        """See Subject."""
        asked = browser.address.startswith(self.issuer) and browser.has_button("Sign out")
        if asked:
            browser.press("Sign out")
        return asked

    def settle(self) -> None:
        """See Subject."""
        self._world.settle()

    def _register(self, part: roles.Part) -> None:
        client = part.client
        told: dict[str, Any] = {
            "id": client.client_id,
            "name": f"Conformance {client.client_id}",
            "redirect_uris": (client.redirect_uri, roles.SHARED),
            "post_logout_redirect_uris": (client.landing,),
            "backchannel_logout_uri": client.signed_out,
            "auth_methods": (client.method,),
            "scopes": _SCOPES,
            "signing_alg": client.signing_alg,
        }
        if client.key is not None:
            keys = {"keys": [client.key.as_dict(private=False)]}
            told |= {"jwks": keys, "auth_signing_alg": client.assertion_alg}
            told |= {"first_party": False, "purpose": "To find out what the issuer does."}
            told |= {"minimum_acr": ACR_1, "justification": "Its one person signs in with a password."}
        spec = with_profile(FAPI2 if part.fapi else CERTIFICATION, **told)
        with self._world.suite.contexts["identity"].transaction() as work:
            ensure_client(work, spec, client.secret)
        self.clients[client.client_id] = client


@contextmanager
def running(folder: Path, origin: str) -> Iterator[Gatehouse]:
    """Run Gatehouse for the length of a block."""
    with one_process(folder, THURSDAY) as world:
        yield Gatehouse(world, origin)
