"""A client that signs in with a key: its registration, its assertions, and what an attacker makes of them."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import orjson
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from identity.oidc.clients.authentication import Authenticator
from identity.oidc.clients.policy import PRIVATE_KEY_JWT, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from identity.oidc.provider import Provider
from tests.service.identity_oidc.suite import ACCESS_API, ORIGIN, Suite

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ES256 = ECKey.generate_key("P-256", {"kid": "es"})
PS256 = RSAKey.generate_key(2048, {"kid": "ps"})
EDDSA = OKPKey.generate_key("Ed25519", {"kid": "ed"})
STRANGERS = ECKey.generate_key("P-256", {"kid": "es"})

Key = ECKey | OKPKey | RSAKey | OctKey


class Anything(JWSRegistry):
    """Signs with whatever it is told to: an attacker minds no rules."""

    max_header_length = 100_000

    def check_header(self, header: dict[str, Any]) -> None:
        """Let everything pass."""

    def get_alg(self, name: str) -> Any:
        """Whatever is named."""
        return self.algorithms[name]


@dataclass
class Signer:
    """A program registered with keys; every assertion that it makes is good once, unless changed."""

    suite: Suite
    client_id: str = "signer"
    key: Key = field(default_factory=lambda: ES256)
    alg: str = "ES256"

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return what a sound assertion says; None takes a claim out."""
        now = int(self.suite.clock.now().timestamp())
        sound = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ORIGIN,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(12),
        }
        return {name: value for name, value in (sound | changes).items() if value is not None}

    def assertion(self, *, header: dict[str, Any] | None = None, key: Key | None = None, **changes: Any) -> str:
        """Return a signed assertion, its header and claims changed."""
        signer = key or self.key
        made = {"alg": self.alg, "kid": signer.kid} | (header or {})
        plain = {name: value for name, value in made.items() if value is not None}
        payload = orjson.dumps(self.claims(**changes))
        return jws.serialize_compact(plain, payload, signer, registry=Anything())

    def ask(self, assertion: str | None = None, path: str = "/oauth/token", **form: str) -> httpx.Response:
        """Send an assertion to an endpoint, the token endpoint by default."""
        body = {
            "client_assertion_type": TYPE,
            "client_assertion": self.assertion() if assertion is None else assertion,
        }
        grant = {"grant_type": "client_credentials"} if path == "/oauth/token" else {}
        return self.suite.http.post(path, data=body | grant | form)


def public(*keys: Key) -> dict[str, Any]:
    """Return the key set that a client registers."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def spec(client_id: str = "signer", **changes: Any) -> ClientSpec:
    """Return the registration of a program with an ES256 key."""
    sound: dict[str, Any] = {
        "name": "Signer",
        "scopes": ("access.evaluate",),
        "audiences": (ACCESS_API,),
        "auth_methods": (PRIVATE_KEY_JWT,),
        "auth_signing_alg": "ES256",
        "jwks": public(ES256),
    }
    return with_profile("service", id=client_id, **(sound | changes))


def register(suite: Suite, wanted: ClientSpec, secret: str | None = None) -> None:
    """Register a client."""
    with suite.context.transaction() as work:
        ensure_client(work, wanted, secret)


def with_parts(suite: Suite, **parts: Any) -> None:
    """Let the provider check clients with other parts than its own: another cache, another way out."""
    provider = suite.context.part(Provider)
    changed: Authenticator = replace(provider.authenticator, **parts)
    suite.context.add_part(replace(provider, authenticator=changed))


def encoded(part: object) -> str:
    """Return one part of a JWT, written by hand."""
    raw = part if isinstance(part, bytes) else orjson.dumps(part)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
