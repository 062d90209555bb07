"""An app of somebody else's that takes logout tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.listener import Listener

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    content_type: str
    form: dict[str, list[str]]

    @property
    def token(self) -> str:
        """The logout token, which comes alone."""
        assert list(self.form) == ["logout_token"] and len(self.form["logout_token"]) == 1, self.form
        return self.form["logout_token"][0]


class LogoutReceiver(Listener):
    """Keeps the requests that came."""

    def __init__(self, status: int = 200) -> None:
        self.received: list[Received] = []
        super().__init__("/signed-out?tenant=1", status)

    @property
    def tokens(self) -> list[str]:
        """Every logout token so far, in the order of arrival."""
        return [one.token for one in self.received]

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a form."""
        kind = headers.get("Content-Type", "")
        self.received.append(Received(path, kind, parse_qs(body, strict_parsing=True)))


def validated(token: str, keys: dict[str, Any], issuer: str, client_id: str, now: float) -> dict[str, Any]:
    """Return the claims of a logout token after every step of Back-Channel Logout 1.0 §2.6; fails where one fails."""
    read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256", "RS256"])  # type: ignore[arg-type]
    claims = read.claims
    assert read.header["typ"] == "logout+jwt"
    assert (claims["iss"], claims["aud"]) == (issuer, client_id)
    assert claims["iat"] <= now < claims["exp"] <= claims["iat"] + 120
    assert claims["sub"] and claims["sid"] and claims["jti"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    return dict(claims)


def keys_of(http: httpx.Client, origin: str = "") -> dict[str, Any]:
    """Return the provider's public keys, found as an app finds them."""
    found = http.get(f"{origin}/.well-known/openid-configuration").json()
    return dict(http.get(found["jwks_uri"]).json())
