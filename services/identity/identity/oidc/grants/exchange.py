"""Token exchange (RFC 8693): a program, or a person of the desk, acts for somebody, and both are named.

    subject_token   whose rights count   ─▶ sub, org, functions, acr, sid, grant
    actor_token     who acts with them   ─▶ act.sub; without one it is the calling program itself
    the answer      an access token, never a refresh token or an ID token: narrower, shorter, gone with its grant

Only clients registered for it may ask. What they get is what the subject's token opens and they themselves are
registered for, whichever is less; `openid` is never among it, so nobody signs in with an exchanged token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast

from sqlalchemy import Row, select

from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.faults.asking import RESOURCE
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import ACTOR_REFUSED, CHAIN_TOO_LONG, SCOPE_GROWS, SUBJECT_REFUSED, SUBJECT_TYPE
from identity.oidc.grants.call import Call
from identity.oidc.grants.family import organization_now
from identity.oidc.grants.models import grants
from identity.oidc.grants.outcome import Denied, Granted, granted
from identity.oidc.grants.standing import Standing, of_grant
from identity.oidc.keys.ring import KeyRing
from identity.oidc.parameters import Parameters
from identity.oidc.scopes import OPENID, split
from identity.oidc.tokens import reading
from identity.oidc.tokens.reading import AccessToken
from shared.db import Source
from shared.service import Actor, Work

ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
_TYPES = (ACCESS_TOKEN_TYPE, "urn:ietf:params:oauth:token-type:jwt")
_LONGEST_CHAIN = 3  # hands; a header must not grow with every hop


@dataclass(frozen=True)
class _Acting:
    """Who acts: a person by the token of a grant of theirs, or the calling program by itself."""

    id: str
    kind: Literal["person", "client"]
    until: datetime
    grant_id: str | None


def redeem(work: Work, call: Call) -> Granted | Denied:
    """Return what the exchanged token shall say; raises Refused, as nothing is used up and nothing revoked."""
    asked = call.asked
    _check_types(asked)
    subject = _read(work, asked.get("subject_token"))
    row = _grant_of(work, subject)
    standing = of_grant(work.session, row.id, work.now, subject.jti) if row is not None else None
    if row is None or standing is None or not stands(work.session, subject.claims, work.now):
        raise Refused(SUBJECT_REFUSED)
    acting = _acting(work, call, subject)
    scopes = _scopes(call.client, asked, subject)
    audience = _audience(call.client, asked, work.context.settings.public_url)
    organization = organization_now(work, row, standing, scopes)
    found = granted(row, standing, organization, scopes)
    until = min(acting.until, _instant(subject))
    _audit(work, call.client, acting, found, audience)
    act = _act(call.client, acting, subject)
    return replace(found, audience=audience, until=until, actor=act, claims=None)


def stands(source: Source, said: Mapping[str, object], now: datetime) -> bool:
    """Return whether all who act by a token still may: their sign-in on, their grant in force, their client on (G4).

    `said` are the claims of an access token; one without `act` is nobody's but its subject's.
    """
    acting = said.get("act")
    while isinstance(acting, dict):
        grant_id = acting.get("grant")
        if grant_id is not None and of_grant(source, str(grant_id), now) is None:
            return False
        client = clients.find(source, str(acting.get("client_id")))
        if client is None or not client.enabled:
            return False
        acting = acting.get("act")
    return True


def _check_types(asked: Parameters) -> None:
    if asked.get("subject_token") is None:
        raise Refused(PARAMETER_MISSING, "subject_token")
    if asked.get("subject_token_type") not in _TYPES:
        raise Refused(SUBJECT_TYPE, "subject_token_type")
    if (asked.get("actor_token") is None) != (asked.get("actor_token_type") is None):
        raise Refused(PARAMETER_MISSING, "actor_token and actor_token_type belong together")
    if asked.get("actor_token_type") not in (None, *_TYPES):
        raise Refused(SUBJECT_TYPE, "actor_token_type")
    if asked.get("requested_token_type") not in (None, *_TYPES):
        raise Refused(SUBJECT_TYPE, "requested_token_type")


def _read(work: Work, token: str | None) -> AccessToken:
    ring, issuer = work.context.part(KeyRing), work.context.settings.public_url
    found = reading.access_token(work.session, ring, issuer, token or "", work.now)
    if found is None:
        raise Refused(SUBJECT_REFUSED)
    return found


def _grant_of(work: Work, token: AccessToken) -> Row[Any] | None:
    """Return the row of the grant that a person's token hangs on; None for a token of a program."""
    if token.grant_id is None:
        return None
    return work.session.execute(select(grants).where(grants.c.id == token.grant_id)).one_or_none()


def _acting(work: Work, call: Call, subject: AccessToken) -> _Acting:
    """Return who acts; raises Refused.

    An actor's token must be the caller's own: another client's would let it act as whoever once passed by. Somebody
    whose way of signing in is held back after a recovery acts for nobody (B6).
    """
    if call.asked.get("actor_token") is None:
        return _Acting(call.client.id, "client", _instant(subject), None)
    try:
        token = _read(work, call.asked.get("actor_token"))
    except Refused as error:
        raise Refused(ACTOR_REFUSED) from error
    standing = of_grant(work.session, token.grant_id, work.now, token.jti) if token.grant_id else None
    if token.client_id != call.client.id or standing is None or _is_held(standing) or "act" in token.claims:
        raise Refused(ACTOR_REFUSED)
    return _Acting(token.subject, "person", _instant(token), token.grant_id)


def _is_held(standing: Standing) -> bool:
    return standing.person.restricted_until is not None


def _scopes(client: Client, asked: Parameters, subject: AccessToken) -> tuple[str, ...]:
    mine = tuple(scope for scope in subject.scopes if scope in client.scopes and scope != OPENID)
    wanted = split(asked.get("scope")) or mine
    if not set(wanted) <= set(mine):
        raise Refused(SCOPE_GROWS)
    return wanted


def _audience(client: Client, asked: Parameters, issuer: str) -> tuple[str, ...]:
    if not set(asked.resources) <= set(client.audiences):
        raise Refused(RESOURCE)
    return asked.resources or client.audiences or (issuer,)


def _act(client: Client, acting: _Acting, subject: AccessToken) -> Mapping[str, object]:
    """Return `act`: who acts now, and inside it who acted before (RFC 8693 §4.1)."""
    before = subject.claims.get("act")
    if _depth(before) >= _LONGEST_CHAIN:
        raise Refused(CHAIN_TOO_LONG)
    grant = {"grant": acting.grant_id} if acting.grant_id else {}
    return {"sub": acting.id, "client_id": client.id, **grant, **({"act": before} if before else {})}


def _depth(act: object) -> int:
    return 1 + _depth(cast("Mapping[str, object]", act).get("act")) if isinstance(act, dict) else 0


def _audit(work: Work, client: Client, acting: _Acting, found: Granted, audience: tuple[str, ...]) -> None:
    both = replace(work, actor=Actor(found.subject, "person", acted_by=Actor(acting.id, acting.kind)))
    after = {"client_id": client.id, "scopes": list(found.scopes), "audience": list(audience)}
    both.audit("token.exchanged", target=found.subject, after=after)


def _instant(token: AccessToken) -> datetime:
    return datetime.fromtimestamp(token.expires_at, UTC)
