"""An issuer under test: what a module may know of it. Gatehouse is one, npm `oidc-provider` is the other.

Every module runs against both. One that the other issuer passes too checks what the specifications say, and not what
Gatehouse happens to do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from joserfc.jwk import ECKey, RSAKey

from tests.conformance.harness.issuers.browser import Browser

BASIC, POST, PRIVATE_KEY_JWT = "client_secret_basic", "client_secret_post", "private_key_jwt"


@dataclass(frozen=True)
class Registered:
    """A client as both sides know it. `key` signs its assertions; `secret` is None where it has a key."""

    client_id: str
    redirect_uri: str
    landing: str
    signed_out: str
    method: str = BASIC
    secret: str | None = None
    key: ECKey | RSAKey | None = None
    signing_alg: str = "RS256"

    @property
    def assertion_alg(self) -> str:
        """The algorithm it is registered to sign its assertions with."""
        return "PS256" if isinstance(self.key, RSAKey) else "ES256"


class Subject(Protocol):
    """A running issuer with registered clients and one person who can sign in."""

    name: str
    issuer: str
    person: str

    @property
    def discovery(self) -> dict[str, Any]:
        """The metadata, as served."""
        ...

    @property
    def clients(self) -> dict[str, Registered]:
        """The registered clients by the names of `roles.py`."""
        ...

    def now(self) -> datetime:
        """The issuer's instant."""
        ...

    def wait(self, seconds: int) -> None:
        """Let time pass at the issuer; no test sleeps."""
        ...

    def browser(self) -> Browser:
        """A new browser without JavaScript, in which nobody is signed in."""
        ...

    def step(self, browser: Browser) -> str:
        """Do what the page asks of the person and return which page it was: "sign-in" or "consent"."""
        ...

    def decline(self, browser: Browser) -> None:
        """Refuse what the app asks for, on the page that is shown."""
        ...

    def confirm_sign_out(self, browser: Browser) -> bool:
        """Say yes where the page asks whether to sign out; return whether it did."""
        ...

    def settle(self) -> None:
        """Let everything that is sent in the background arrive."""
        ...
