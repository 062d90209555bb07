"""What a redemption leads to. A refusal is a value, not an exception: what it revoked must be committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from identity.oidc.claims import Organization, Person
from identity.oidc.faults import Fault
from identity.oidc.grants.standing import Standing
from identity.oidc.tokens.mint import Proof


@dataclass(frozen=True)
class Denied:
    """Refused, and what had to be revoked for it is written."""

    fault: Fault


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


def granted(
    row: Row[Any],
    standing: Standing,
    organization: Organization | None,
    scopes: Sequence[str],
    refresh_token: str | None,
) -> Granted:
    """Put together what a row of grants and the present facts say."""
    return Granted(
        grant_id=row.id,
        subject=row.account_id,
        scopes=tuple(scopes),
        audience=tuple(row.audience),
        nonce=row.nonce,
        proof=Proof(row.session_id, row.acr, tuple(row.amr), row.auth_time),
        person=standing.person,
        organization=organization,
        refresh_token=refresh_token,
    )
