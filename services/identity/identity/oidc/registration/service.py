"""What an app does with its own registration: makes it, looks at it, changes it, ends it. One function per verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.oidc.clients import service as clients
from identity.oidc.clients.models import ClientRow
from identity.oidc.clients.policy import BASIC, NATIVE, POLICY_FIELDS, THIRD_PARTY, Client, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.registration import changing, initial_tokens, lookalikes, metadata
from identity.oidc.registration.changing import objections
from identity.oidc.registration.initial_tokens import Issued
from identity.oidc.registration.metadata import BadMetadata
from identity.oidc.registration.models import ROTATE, Registration, end
from shared.crypto import same, sha256
from shared.db import claimed
from shared.service import Work

DEREGISTERED = "The app ended its registration."


@dataclass(frozen=True)
class Registered:
    """A client with its registration access token; `secret` only where one was just made."""

    client: ClientSpec
    token: str
    secret: str | None = None


def register(work: Work, token: str, body: Mapping[str, Any]) -> Registered | None:
    """Register a client; None where the initial access token is not good. Raises BadMetadata, and spends nothing then.

    The purpose that people read is the operator's sentence, and the name is not that of an app of ours.
    """
    issued = initial_tokens.use(work, token)
    if issued is None:
        return None
    spec = metadata.read(body, _blank(work, issued), issued.scopes)
    _check(work, spec)
    fresh = work.ids.token()
    secret = clients.add(work, spec)
    work.session.add(
        Registration(
            client_id=spec.id,
            token_hash=sha256(fresh),
            initial_token_id=issued.id,
            scopes=list(issued.scopes),
            registered_at=work.now,
            rotated_at=work.now,
        )
    )
    work.session.flush()
    work.audit("client.registered_itself", target=spec.id, after={"allowed_by": issued.id})
    return Registered(spec, fresh, secret)


def is_own(session: Session, client_id: str) -> bool:
    """Return whether the app registered itself: no operator has read where its answers go."""
    return session.get(Registration, client_id) is not None


def look(work: Work, client_id: str, token: str) -> Registered | None:
    """Return the registration; None where the token is not the client's or the client is switched off."""
    mine = work.session.get(Registration, client_id)
    client = clients.find(work.session, client_id)
    if mine is None or client is None or not client.enabled or not same(mine.token_hash, sha256(token)):
        return None
    return Registered(client, token)


def change(work: Work, client_id: str, token: str, body: Mapping[str, Any]) -> Registered | None:
    """Replace what the app says of itself and its token; None as for `look`. Raises BadMetadata, and keeps all then."""
    found = look(work, client_id, token)
    mine = work.session.get(Registration, client_id)
    if found is None or mine is None:
        return None
    fresh = work.ids.token()
    turned = {"client": client_id, "hash": sha256(token), "fresh": sha256(fresh), "now": work.now}
    if not claimed(work.session.execute(ROTATE, turned)):
        return None  # a rival was quicker, and its answer brought the token of now
    _check_echo(work, client_id, body)
    base = _emptied(clients.find(work.session, client_id))
    spec = metadata.read(body, base, tuple(mine.scopes))
    _check(work, spec)
    return Registered(spec, fresh, changing.change(work, spec).secret)


def deregister(work: Work, client_id: str, token: str) -> bool:
    """End the registration: the client is switched off, and its token is good no more. Its id is never used again."""
    if look(work, client_id, token) is None:
        return False
    if not claimed(work.session.execute(end(client_id, sha256(token)))):
        return False
    changing.switch(work, client_id, False, DEREGISTERED)
    return True


def _blank(work: Work, issued: Issued) -> ClientSpec:
    """What the operator and the profile say before the app says anything."""
    given: dict[str, Any] = {"populations": issued.populations, "first_party": False, "purpose": issued.purpose}
    if issued.profile == THIRD_PARTY:
        given["auth_methods"] = (BASIC,)  # the default of RFC 7591 §2
    if issued.profile == NATIVE:
        given["refresh_grace_seconds"] = 10
    return with_profile(issued.profile, id=work.ids.new("app"), name="", **given)


def _emptied(client: Client | None) -> ClientSpec:
    """A change says everything anew (RFC 7592 §2.2): what it leaves out is not what it was, but nothing."""
    if client is None:
        raise BadMetadata("client_id: there is no such client")
    kept = {name: getattr(client, name) for name in POLICY_FIELDS}
    nothing: dict[str, Any] = {
        "name": "",
        "redirect_uris": (),
        "post_logout_redirect_uris": (),
        "backchannel_logout_uri": None,
    }
    nothing |= {"client_uri": None, "policy_uri": None, "tos_uri": None, "jwks": None, "jwks_uri": None}
    return ClientSpec(id=client.id, **{**kept, **nothing})


def _check_echo(work: Work, client_id: str, body: Mapping[str, Any]) -> None:
    """RFC 7592 §2.2: the id must be there, and a secret, where it is sent, must be the present one."""
    if body.get("client_id") != client_id:
        raise BadMetadata("client_id: send the one of this registration")
    secret, row = body.get("client_secret"), work.session.get_one(ClientRow, client_id)
    if secret is not None and not work.context.part(ClientSecrets).is_of(str(secret), row.secret_hash):
        raise BadMetadata("client_secret: it cannot be chosen")


def _check(work: Work, spec: ClientSpec) -> None:
    settings = work.context.settings
    found: list[str] = [*objections(spec, settings.public_url)]
    ours = work.session.scalars(select(ClientRow.name).where(ClientRow.first_party))
    if fault := lookalikes.objection(spec.name, settings.brand, ours):
        found.append(fault)
    if found:
        where = ("redirect_uris", *(uri[:100] for uri in spec.redirect_uris))
        raise BadMetadata("; ".join(found), of_redirects=all(one.startswith(where) for one in found))
