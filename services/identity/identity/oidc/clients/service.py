"""What happens to clients: registered, brought up to date, given a new secret, found. One function per verb."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.oidc.clients.book import ClientBook
from identity.oidc.clients.models import BY_ID, ClientRow, client_of, clients
from identity.oidc.clients.policy import POLICY_FIELDS, SECRET_METHODS, Client, ClientSpec
from identity.oidc.clients.registrable import at, faults
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.redirects import is_web, origin
from shared.db import Source
from shared.errors import conflict, not_found, unprocessable
from shared.i18n import say
from shared.service import Work


def find(source: Source, client_id: str) -> Client | None:
    """Return the client, or None. One statement by key: this is on every hot path."""
    row = BY_ID.first(source, {"client_id": client_id})
    return client_of(row) if row else None


def listed(session: Session) -> list[Client]:
    """Return every client by name."""
    return [client_of(row) for row in session.execute(select(clients).order_by(clients.c.name, clients.c.id))]


def portals_of(session: Session, population: str) -> list[tuple[str, str]]:
    """Return (name, address) of the portals that are meant for this population by name, for people at a wrong door."""
    meant = [one for one in listed(session) if population in one.populations and one.enabled and not one.any_loopback]
    return [
        (one.name, origin(one.redirect_uris[0])) for one in meant if one.redirect_uris and is_web(one.redirect_uris[0])
    ]


def add(work: Work, spec: ClientSpec) -> str | None:
    """Register a new client and return its secret, which nobody can read again; None where it has a key or nothing.

    Raises 409 for an id in use and 422 with the sentences of `registrable.faults`.
    """
    if work.session.get(ClientRow, spec.id) is not None:
        raise conflict("client-exists", f"There is a client {spec.id} already.")
    secret = work.ids.token() if spec.has_secret else None
    ensure_client(work, spec, secret)
    return secret


def ensure_client(work: Work, spec: ClientSpec, secret: str | None) -> bool:
    """Make the client be as `spec` says, with `secret`; return whether anything changed. Safe to run again and again.

    Raises 422 with the sentences of `registrable.faults`, and for a secret that is too short to be random, or owed, or
    of no use to the client's methods.
    """
    _check(spec, secret, work.context.settings.public_url)
    row = work.session.get(ClientRow, spec.id, with_for_update=True)
    before = _policy_of(row) if row else None
    wanted = _policy_of(spec)
    secrets = work.context.part(ClientSecrets)
    same_secret = row is not None and (secrets.is_current(secret, row.secret_hash) if secret else not row.secret_hash)
    if before == wanted and same_secret:
        return False
    if row is None:
        row = ClientRow(id=spec.id, created_at=work.now, previous_secret_hash=None, previous_secret_until=None)
        work.session.add(row)
    for name, value in wanted.items():
        setattr(row, name, value)
    row.secret_hash, row.changed_at = secrets.hash(secret) if secret else "", work.now
    work.session.flush()
    work.context.part(ClientBook).forget()
    work.audit("client.ensured", target=spec.id, before=before, after=wanted)
    return True


def rotate_secret(work: Work, client_id: str, keep_old: timedelta) -> str:
    """Give the client a new secret and return it; the old one works for `keep_old` longer.

    Raises 404, and 409 for a client that proves itself without one.
    """
    row = work.session.get(ClientRow, client_id, with_for_update=True)
    if row is None:
        raise not_found(f"There is no client {client_id}.")
    if SECRET_METHODS.isdisjoint(row.auth_methods):
        raise conflict(
            "client-without-secret", f"{client_id} has no secret: it proves itself otherwise, or not at all."
        )
    secret = work.ids.token()
    row.previous_secret_hash, row.previous_secret_until = row.secret_hash, work.now + keep_old
    row.secret_hash, row.changed_at = work.context.part(ClientSecrets).hash(secret), work.now
    work.session.flush()
    work.context.part(ClientBook).forget()
    work.audit("client.secret_rotated", target=client_id, after={"old_until": row.previous_secret_until.isoformat()})
    return secret


def _check(spec: ClientSpec, secret: str | None, issuer: str) -> None:
    found = faults(spec, issuer)
    # 32 characters of base 64 are 192 bits; a secret that a person made up would not survive a plain hash.
    if spec.has_secret and len(secret or "") < 32:
        found.append(at("secret", say("use at least 32 random characters")))
    if secret and not spec.has_secret:
        found.append(at("secret", say("none of its auth_methods takes one")))
    if found:
        raise unprocessable({"client": found})


def _policy_of(source: ClientRow | ClientSpec) -> dict[str, Any]:
    return {name: _plain(getattr(source, name)) for name in POLICY_FIELDS}


def _plain(value: object) -> object:
    return list(cast("Sequence[object]", value)) if isinstance(value, tuple | list) else value
