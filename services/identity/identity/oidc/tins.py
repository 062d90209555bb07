"""The TIN of an organization: asked of registration each time it is told, and kept nowhere (contract §Tokens).

    userinfo ── a token of our own: one scope, one API, a minute ──▶ registration ── nine digits ──▶ the app

A TIN can be somebody's social security number. It is told in the answer of userinfo alone: access tokens go to APIs,
and an ID token goes into addresses, as `id_token_hint`.
"""

from datetime import timedelta

import httpx
import orjson
import structlog

from identity.oidc.provider import Provider
from identity.oidc.scopes import TIN_READ
from identity.oidc.tokens.mint import Terms
from shared.neighbours import API_OF
from shared.service import Context

_log = structlog.get_logger("tins")
_ASKED = "registration"
_LIVES = timedelta(minutes=1)
# A person waits. All phases, with head and body read one after the other, end within a second.
_PATIENCE = httpx.Timeout(connect=0.25, write=0.1, pool=0.05, read=0.3)


def told(place: Context, organization_id: str, client_id: str, account_id: str) -> dict[str, str]:
    """Return the claim `tin`; nothing where the organization has none, or registration does not answer in time.

    `client_id` and `account_id` are for whom it is read; registration writes them down. Never inside a transaction.
    """
    path = f"/api/{API_OF[_ASKED]}/v1/organizations/{organization_id}/tin"
    reader = {"client_id": client_id, "account_id": account_id}
    headers = {"Authorization": f"Bearer {_own_token(place)}"}
    try:
        neighbour = place.neighbours.bare(_ASKED)
        answer = neighbour.get(path, params=reader, headers=headers, timeout=_PATIENCE)
        answer.raise_for_status()
        tin = orjson.loads(answer.content)["tin"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        _log.warning("tins.registration_away", error=type(error).__name__)
        return {}
    return {"tin": tin} if isinstance(tin, str) else {}


def _own_token(place: Context) -> str:
    """The issuer speaks for itself: its name holds a colon, so no client can ever be registered under it."""
    provider, now = place.part(Provider), place.clock.now()
    audience = f"{provider.issuer}/api/{API_OF[_ASKED]}"
    terms = Terms(provider.issuer, (audience,), (TIN_READ,), now, now + _LIVES)
    return provider.mint.signed(provider.mint.of_program(terms))
