"""What each scope says of a person. Pure (OIDC Core §5.4, contract §Tokens)."""

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from identity.oidc.scopes import EMAIL, FUNCTIONS, ORGANIZATION, PHONE, POPULATION, PROFILE

ID_TOKEN, USERINFO = "id_token", "userinfo"  # where a claim may be asked for by name (OIDC Core §5.5)
RESTRICTED = "restricted_until"  # NumericDate (RFC 7519 §2)


@dataclass(frozen=True)
class Person:
    """The facts of an account that a token may carry.

    `staff_role`: what somebody of the payer does there, operator, desk or auditor; None for everybody else.
    `restricted_until`: until then its way of signing in, bound after a recovery, approves nothing (B6).
    """

    id: str
    user_id: str | None
    name: str
    email: str
    email_verified: bool
    phone: str | None
    phone_verified: bool
    population: str
    locale: str
    staff_role: str | None = None
    restricted_until: datetime | None = None


@dataclass(frozen=True)
class Organization:
    """The one organization a token speaks of; `facts` is {id, name, kind, contracted}, `functions` what is allowed.

    `function_ends` names those that end by themselves, with their instants as RFC 3339 text.
    """

    facts: Mapping[str, object]
    functions: Sequence[str]
    function_ends: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_end(self) -> datetime | None:
        """The earliest instant at which one of the functions ends by itself."""
        ends = [self.function_ends[one] for one in self.functions if one in self.function_ends]
        return min((datetime.fromisoformat(one) for one in ends), default=None)


SUPPORTED = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", "nonce", "at_hash",
    "name", "preferred_username", "locale", "email", "email_verified", "phone_number", "phone_number_verified",
    "population", "staff_role", "org", "functions", "restricted_until", "tin",
)  # fmt: skip


def of_person(scopes: Collection[str], person: Person, organization: Organization | None) -> dict[str, object]:
    """Return the claims that the scopes open; nothing is said of an organization where there is none."""
    found: dict[str, object] = {}
    if PROFILE in scopes:
        found |= {"name": person.name, "locale": person.locale}
        found |= {"preferred_username": person.user_id} if person.user_id else {}
    if EMAIL in scopes:
        found |= {"email": person.email, "email_verified": person.email_verified}
    if PHONE in scopes and person.phone:
        found |= {"phone_number": person.phone, "phone_number_verified": person.phone_verified}
    return found | of_access(scopes, person, organization)


# The scope that opens each claim that may be asked for by name. What is said of an organization may not: a token speaks
# of one only where its scopes say so, because the person chooses it then.
OPENED_BY = {
    "name": PROFILE,
    "preferred_username": PROFILE,
    "locale": PROFILE,
    "email": EMAIL,
    "email_verified": EMAIL,
    "phone_number": PHONE,
    "phone_number_verified": PHONE,
    "population": POPULATION,
}


def by_name(
    request: Mapping[str, Any] | None, place: str, registered: Collection[str], person: Person
) -> dict[str, object]:
    """Return the claims that `claims` asked for by name at `place`, `ID_TOKEN` or `USERINFO` (OIDC Core §5.5).

    Only what the client is `registered` for as a scope; what we do not know or may not say is left out, essential or
    not (§5.5.1). A `value` that is asked for changes nothing: what is true is said.
    """
    if not request:
        return {}
    wanted = {name for name in request.get(place) or () if OPENED_BY.get(name) in registered}
    opened = of_person({OPENED_BY[name] for name in wanted}, person, None)
    return {name: value for name, value in opened.items() if name in wanted}


def of_access(scopes: Collection[str], person: Person, organization: Organization | None) -> dict[str, object]:
    """Return the claims an API needs to decide; names and addresses have no place in an access token."""
    found: dict[str, object] = {}
    if person.restricted_until is not None:  # whatever was asked for: whoever decides must know
        found[RESTRICTED] = int(person.restricted_until.timestamp())
    if POPULATION in scopes:
        found["population"] = person.population
        found |= {"staff_role": person.staff_role} if person.staff_role else {}
    if ORGANIZATION in scopes and organization:
        found["org"] = dict(organization.facts)
    if FUNCTIONS in scopes and organization:
        found["functions"] = sorted(organization.functions)
    return found


def token_hash(token: str, algorithm: str) -> str:
    """Return `at_hash`: the left half of the token's digest, by the hash that signs the ID token (OIDC Core §3.1.3.6).

    That is SHA-256 for ES256 and RS256, SHA-512 for Ed25519 (RFC 8032 §5.1).
    """
    hashed = hashlib.sha512 if algorithm == "Ed25519" else hashlib.sha256
    digest = hashed(token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
