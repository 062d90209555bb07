"""What a client is, and what it may be registered with. Pure."""

import re
from dataclasses import dataclass, field, fields
from datetime import datetime

from identity.mfa.assurance import ACR_1, ACR_2
from identity.oidc.keys.life import ALGORITHMS, DEFAULT_ALGORITHM
from identity.oidc.redirects import is_registered, registration_fault

CODE = "authorization_code"
REFRESH = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
GRANT_TYPES = (CODE, REFRESH, CLIENT_CREDENTIALS)

BASIC = "client_secret_basic"
POST = "client_secret_post"
AUTH_METHODS = (BASIC, POST)

ACR_VALUES = (ACR_1, ACR_2)  # the levels that somebody can reach here today
POPULATIONS = ("provider", "member", "employer", "staff")

_ID = re.compile(r"[A-Za-z0-9._-]{3,64}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,64}")  # RFC 6749 §3.3
_ACCOUNT_PREFIX = "acc_"


@dataclass(frozen=True)
class ClientSpec:
    """What an operator says of a client. Empty `populations` admit everybody; `audiences` are the APIs it may ask for.

    `any_loopback` lets every http loopback address through, whatever its port and path: for trials.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    any_loopback: bool = False
    minimum_acr: str = ACR_1
    scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = (CODE, REFRESH)
    populations: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    signing_alg: str = DEFAULT_ALGORITHM
    require_pkce: bool = True
    auth_methods: tuple[str, ...] = AUTH_METHODS
    first_party: bool = True


@dataclass(frozen=True)
class Client:
    """A registered client, as the other rooms see it. Hashes are of secrets of 256 bits."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    any_loopback: bool
    minimum_acr: str
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    populations: tuple[str, ...]
    audiences: tuple[str, ...]
    signing_alg: str
    require_pkce: bool
    auth_methods: tuple[str, ...]
    secret_hash: str
    previous_secret_hash: str | None = None
    previous_secret_until: datetime | None = None
    created_at: datetime | None = field(default=None, compare=False)

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


POLICY_FIELDS = tuple(one.name for one in fields(ClientSpec) if one.name not in {"id", "first_party"})


def faults(spec: ClientSpec, issuer: str) -> list[str]:
    """Return every sentence that stands against registering the client."""
    found = [*_identity_faults(spec), *_choice_faults(spec)]
    for uri in (*spec.redirect_uris, *spec.post_logout_redirect_uris, *spec.audiences):
        fault = registration_fault(uri, issuer)
        if fault:
            found.append(f"{uri}: {fault}")
    if CODE in spec.grant_types and not spec.redirect_uris and not spec.any_loopback:
        found.append("redirect_uris: the code flow needs at least one address")
    if REFRESH in spec.grant_types and CODE not in spec.grant_types:
        found.append("grant_types: refresh_token belongs to authorization_code")
    return found


def _identity_faults(spec: ClientSpec) -> list[str]:
    found = []
    # RFC 9700 §4.15.1: a client must never look like a person in `sub`.
    if not _ID.fullmatch(spec.id) or spec.id.startswith(_ACCOUNT_PREFIX):
        found.append("id: use 3 to 64 letters, digits, '.', '_' or '-', not beginning with 'acc_'")
    if not spec.name.strip() or len(spec.name) > 100 or not spec.name.isprintable():
        found.append("name: use 1 to 100 printable characters")
    if not spec.first_party:
        found.append("first_party: third-party clients need consent, which this provider does not ask for")
    return found


def _choice_faults(spec: ClientSpec) -> list[str]:
    found = []
    for label, given, known in (
        ("grant_types", spec.grant_types, GRANT_TYPES),
        ("auth_methods", spec.auth_methods, AUTH_METHODS),
        ("populations", spec.populations, POPULATIONS),
        ("minimum_acr", (spec.minimum_acr,), ACR_VALUES),
        ("signing_alg", (spec.signing_alg,), ALGORITHMS),
    ):
        found += [f"{label}: {value} is not one of {', '.join(known)}" for value in given if value not in known]
    if not spec.grant_types or not spec.auth_methods:
        found.append("grant_types, auth_methods: name at least one of each")
    found += [f"scopes: {scope!r} is not a scope" for scope in spec.scopes if not _SCOPE.fullmatch(scope)]
    return found
