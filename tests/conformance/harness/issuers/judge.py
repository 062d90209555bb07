"""npm `oidc-provider` as the issuer under test: certified, written by others, and so the judge of our modules."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.conformance.harness.issuers import roles
from tests.conformance.harness.issuers.browser import Browser
from tests.conformance.harness.issuers.subject import Registered
from tests.conformance.harness.wire import HTTP
from tests.conformance.openid_client import FOLDER, node_flags


class Judge:
    """See Subject."""

    name = "oidc-provider"
    person = "priya.nair"

    def __init__(self, process: "subprocess.Popen[str]", cast: list[roles.Part], origin: str) -> None:
        self._process, self._listener = process, origin
        self._ahead = timedelta(0)
        self.issuer = str(self._read()["issuer"])
        self.clients: dict[str, Registered] = {part.client.client_id: part.client for part in cast}

    @cached_property
    def discovery(self) -> dict[str, Any]:
        """See Subject."""
        return dict(HTTP.get(f"{self.issuer}/.well-known/openid-configuration").json())

    def now(self) -> datetime:
        """See Subject."""
        return datetime.now(UTC) + self._ahead

    def wait(self, seconds: int) -> None:
        """See Subject."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"wait": seconds}) + "\n")
        self._process.stdin.flush()
        self._ahead = timedelta(milliseconds=self._read()["ahead"])

    def browser(self) -> Browser:
        """See Subject."""
        return Browser(self.issuer, self._listener)

    def step(self, browser: Browser) -> str:
        """See Subject."""
        if browser.has_field("and password"):
            browser.fill("Enter any login", self.person)
            browser.fill("and password", "anything")
            browser.press("Sign-in")
            return "sign-in"
        browser.press("Continue")
        return "consent"

    def decline(self, browser: Browser) -> None:
        """See Subject."""
        browser.follow("[ Cancel ]")

    def confirm_sign_out(self, browser: Browser) -> bool:
        """See Subject."""
        asked = browser.has_button("Yes, sign me out")
        if asked:
            browser.press("Yes, sign me out")
        return asked

    def settle(self) -> None:
        """It tells apps before it answers the browser."""

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the issuer ended"
        return dict(json.loads(line))


@contextmanager
def running(origin: str) -> Iterator[Judge]:
    """Run `oidc-provider` for the length of a block."""
    cast = roles.parts(origin)
    told = json.dumps([[_metadata(part) for part in cast], [part.client.client_id for part in cast if part.fapi]])
    command = ["node", *node_flags(), "issuer.mjs", told]
    with subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Judge(process, cast, origin)
        finally:
            process.kill()


def _metadata(part: roles.Part) -> dict[str, Any]:
    """Return what is registered, in the words of RFC 7591."""
    client = part.client
    told: dict[str, Any] = {
        "client_id": client.client_id,
        "redirect_uris": [client.redirect_uri, roles.SHARED],
        "post_logout_redirect_uris": [client.landing],
        "backchannel_logout_uri": client.signed_out,
        "backchannel_logout_session_required": True,
        "token_endpoint_auth_method": client.method,
        "grant_types": ["authorization_code", "refresh_token"],
        "id_token_signed_response_alg": client.signing_alg,
    }
    if client.key is None:
        return {**told, "client_secret": client.secret}
    return {
        **told,
        "jwks": {"keys": [client.key.as_dict(private=False)]},
        "token_endpoint_auth_signing_alg": client.assertion_alg,
        "dpop_bound_access_tokens": True,
        "require_pushed_authorization_requests": True,
    }
