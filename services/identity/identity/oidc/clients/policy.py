"""What a client is: every word of its registration. Pure. What may be registered is said in `registrable`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from identity.mfa.assurance import ACR_2, SUPPORTED
from identity.oidc.keys.life import DEFAULT_ALGORITHM
from identity.oidc.redirects import is_registered

CODE = "authorization_code"
REFRESH = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a name
GRANT_TYPES = (CODE, REFRESH, CLIENT_CREDENTIALS, DEVICE_CODE, TOKEN_EXCHANGE)

BASIC = "client_secret_basic"
POST = "client_secret_post"
PRIVATE_KEY_JWT = "private_key_jwt"
NONE = "none"
AUTH_METHODS = (BASIC, POST, PRIVATE_KEY_JWT, NONE)
SECRET_METHODS = frozenset({BASIC, POST})

ACR_VALUES = SUPPORTED  # the levels that somebody can reach here today
POPULATIONS = ("provider", "member", "employer", "staff")

FIRST_PARTY = "first-party"
THIRD_PARTY = "third-party"
NATIVE = "native"
SERVICE = "service"
FAPI2 = "fapi2"
CERTIFICATION = "certification"
PROFILES = (FIRST_PARTY, THIRD_PARTY, NATIVE, SERVICE, FAPI2, CERTIFICATION)

ROTATE = "rotate"
KEEP = "keep"
ROTATIONS = (ROTATE, KEEP)
JWT = "jwt"
OPAQUE = "opaque"
TOKEN_FORMATS = (JWT, OPAQUE)


@dataclass(frozen=True)
class ClientSpec:
    """What an operator says of a client. Names are those of RFC 7591, RFC 9126, RFC 9449 and OIDC where they have one.

    Empty `populations` admit everybody; `audiences` are the APIs it may ask for. `any_loopback` lets every http
    loopback address through, whatever its port and path: for trials. A client that is not `first_party` asks for
    consent; `purpose` tells people why, `client_uri`, `policy_uri` and `tos_uri` are links of that page and are never
    fetched. `justification` is owed for what is weaker than the defaults.
    """

    id: str
    name: str
    profile: str = FIRST_PARTY
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    any_loopback: bool = False
    minimum_acr: str = ACR_2
    scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = (CODE, REFRESH)
    populations: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    signing_alg: str = DEFAULT_ALGORITHM
    require_pkce: bool = True
    require_par: bool = False
    auth_methods: tuple[str, ...] = (BASIC, POST)
    auth_signing_alg: str | None = None  # of its assertions; None: any that is offered
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    dpop_bound: bool = False  # dpop_bound_access_tokens (RFC 9449 §5.2)
    access_token_format: str = JWT
    access_token_seconds: int = 600  # at most ten minutes (contract)
    grant_hours: int = 12  # absolute end of a family of refresh tokens (ASVS 10.4.8)
    refresh_rotation: str = ROTATE  # or KEEP: only where refresh tokens are bound to a key or a confidential client
    refresh_grace_seconds: int = 0  # within which a rotated token answers its own client once more (0 to 60)
    backchannel_logout_uri: str | None = None
    first_party: bool = True
    purpose: str | None = None
    client_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    justification: str | None = None
    enabled: bool = True

    @property
    def access_token_life(self) -> timedelta:
        """How long its access tokens live, unless something they speak of ends sooner."""
        return timedelta(seconds=self.access_token_seconds)

    @property
    def grant_life(self) -> timedelta:
        """How long what a sign-in gave it may be refreshed."""
        return timedelta(hours=self.grant_hours)

    @property
    def has_secret(self) -> bool:
        """True where one of its methods is a secret."""
        return not SECRET_METHODS.isdisjoint(self.auth_methods)

    @property
    def signs_in_people(self) -> bool:
        """True where some grant of it begins with a person."""
        return CODE in self.grant_types or DEVICE_CODE in self.grant_types

    @property
    def public(self) -> bool:
        """True where it cannot keep a secret (RFC 6749 §2.1)."""
        return NONE in self.auth_methods

    def owns_redirect(self, uri: str) -> bool:
        """Return whether an authorization response may go there."""
        return is_registered(uri, self.redirect_uris, any_loopback=self.any_loopback)

    def owns_landing(self, uri: str) -> bool:
        """Return whether a browser may be sent there after signing out."""
        return is_registered(uri, self.post_logout_redirect_uris, any_loopback=self.any_loopback)

    def may(self, grant_type: str) -> bool:
        """Return whether the client is registered for a grant type."""
        return grant_type in self.grant_types

    def admits(self, population: str) -> bool:
        """Return whether people of a population use this client."""
        return not self.populations or population in self.populations


@dataclass(frozen=True)
class Client(ClientSpec):
    """A registered client, as the other rooms see it. Hashes are of secrets of 256 bits; a public client has none."""

    secret_hash: str = ""
    previous_secret_hash: str | None = None
    previous_secret_until: datetime | None = None
    created_at: datetime | None = field(default=None, compare=False)


POLICY_FIELDS = tuple(one.name for one in fields(ClientSpec) if one.name != "id")
