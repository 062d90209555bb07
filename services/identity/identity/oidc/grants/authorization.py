"""A grant begins: somebody who may signs in to a client, and a code goes to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.oidc import lives
from identity.oidc.clients.policy import REFRESH, Client
from identity.oidc.grants.models import NEW_GRANT
from identity.sessions.service import SessionView
from shared.crypto import sha256
from shared.service import Work


@dataclass(frozen=True)
class Authorization:
    """What was asked for and proven: the material of a grant."""

    client: Client
    session: SessionView
    redirect_uri: str
    scopes: Sequence[str]
    audience: Sequence[str]
    organization_id: str | None
    nonce: str | None
    code_challenge: str | None
    jkt: str | None = None  # the code is good only with a proof of this key (RFC 9449 §10)
    organization_named: bool = False  # by the app, in its request
    claims: Mapping[str, Any] | None = None  # what was asked for by name (OIDC Core §5.5)


def open_grant(work: Work, asked: Authorization) -> str:
    """Store the grant and return its code (256 bits, of which only the hash is kept)."""
    code = work.ids.token()
    refreshed = asked.client.may(REFRESH)
    life = asked.client.grant_life if refreshed else lives.CODE + asked.client.access_token_life
    row = {
        "id": work.ids.new("grn"),
        "client_id": asked.client.id,
        "account_id": asked.session.account_id,
        "session_id": asked.session.id,
        "scopes": list(asked.scopes),
        "audience": list(asked.audience),
        "organization_id": asked.organization_id,
        "organization_named": asked.organization_named,
        "nonce": asked.nonce,
        "acr": asked.session.acr,
        "amr": list(asked.session.amr),
        "auth_time": asked.session.auth_time,
        "code_hash": sha256(code),
        "code_expires_at": work.now + lives.CODE,
        "redirect_uri": asked.redirect_uri,
        "code_challenge": asked.code_challenge,
        "jkt": asked.jkt,
        "claims": asked.claims,
        "created_at": work.now,
        "expires_at": work.now + life,
    }
    work.session.execute(NEW_GRANT, [row])
    return code
