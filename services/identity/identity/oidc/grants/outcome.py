"""What a redemption leads to. A refusal is a value, not an exception: what it revoked must be committed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from identity.oidc.claims import Organization, Person
from identity.oidc.faults.fault import Fault, Refused
from identity.oidc.faults.tokens import RESOURCE_GROWS
from identity.oidc.grants.standing import Standing
from identity.oidc.tokens.mint import Proof
from shared.service import Work


@dataclass(frozen=True)
class Denied:
    """Refused, and what had to be revoked for it is written."""

    fault: Fault


# What is done last, when all else is known to be right: the token that was shown is used up, and its successor comes.
Turn = Callable[[Work], "str | Denied"]


@dataclass(frozen=True)
class Granted:
    """A person's grant was redeemed: what the tokens shall say."""

    grant_id: str
    subject: str
    scopes: Sequence[str]
    audience: Sequence[str]
    nonce: str | None
    proof: Proof
    person: Person
    organization: Organization | None
    refresh_token: str | None
    claims: Mapping[str, Any] | None = None  # what was asked for by name (OIDC Core §5.5)
    until: datetime | None = None  # what the token speaks of ends here, so the token does, too (J5)
    actor: Mapping[str, object] | None = None  # `act` of a token exchange (RFC 8693 §4.1)
    turn: Turn | None = None
    closed: frozenset[str] = frozenset()  # functions that are the person's and not open now (J5)

    @property
    def open_now(self) -> Organization | None:
        """The organization with no function that is closed now: what an access token may say of it."""
        if self.organization is None or not self.closed:
            return self.organization
        allowed = tuple(one for one in self.organization.functions if one not in self.closed)
        return replace(self.organization, functions=allowed)


def granted(
    row: Any,
    standing: Standing,
    organization: Organization | None,
    scopes: Sequence[str],
    refresh_token: str | None = None,
    nonce: str | None = None,
    audience: Sequence[str] | None = None,
    turn: Turn | None = None,
) -> Granted:
    """Put together what a row of grants and the present facts say; without `audience`, it is the row's."""
    return Granted(
        grant_id=row.id,
        subject=row.account_id,
        scopes=tuple(scopes),
        audience=tuple(row.audience if audience is None else audience),
        nonce=nonce,
        proof=Proof(row.session_id, row.acr, tuple(row.amr), row.auth_time),
        person=standing.person,
        organization=organization,
        refresh_token=refresh_token,
        claims=row.claims,
        turn=turn,
    )


def narrowed(found: Granted, resources: Sequence[str]) -> Granted:
    """Return what was granted, for no more than the resources that this request names (RFC 8707 §2.2).

    A token for one API is then refused by every other, ours included. Raises Refused for a resource that was not
    granted.
    """
    if not resources:
        return found
    if not set(resources) <= set(found.audience):
        raise Refused(RESOURCE_GROWS)
    return replace(found, audience=tuple(resources))
