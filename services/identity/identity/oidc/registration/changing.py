"""What happens to a registered client: changed, switched off and on, its old secret ended. One function per verb."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from identity.oidc.clients import service as clients
from identity.oidc.clients.book import ClientBook
from identity.oidc.clients.models import ClientRow
from identity.oidc.clients.policy import POLICY_FIELDS, Client, ClientSpec
from identity.oidc.clients.registrable import at, faults
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.grants.models import grants
from shared.contracts.secrecy import find_secret
from shared.db import changed as rows_changed
from shared.errors import not_found, precondition_failed, unprocessable
from shared.i18n import Message, say
from shared.service import Work

SWITCHED_OFF = "client_disabled"
_OF_SWITCH = "enabled"  # has an act of its own, as it needs a reason and ends what the app holds


@dataclass(frozen=True)
class Changed:
    """What a change did: field → (before, after), and a secret where the client needs one now and had none."""

    fields: dict[str, tuple[Any, Any]]
    secret: str | None = None


def differences(before: ClientSpec, after: ClientSpec) -> dict[str, tuple[Any, Any]]:
    """Return every field that is not the same, with both values. Pure."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in POLICY_FIELDS if name != _OF_SWITCH)
    return {name: (old, new) for name, old, new in pairs if old != new}


def objections(spec: ClientSpec, issuer: str) -> list[Message]:
    """Return every sentence that stands against a registration, also what no record may hold. Pure."""
    hidden = find_secret({name: _plain(getattr(spec, name)) for name in POLICY_FIELDS})
    return [*faults(spec, issuer), *([at(hidden, say("this looks like a secret or a TIN"))] if hidden else [])]


def change(work: Work, spec: ClientSpec, seen: datetime | None = None) -> Changed:
    """Let the client be as `spec` says, but for `enabled`; effect in every process within a tenth of a second.

    Raises 404, 412 where it was changed since `seen`, and 422 with the sentences of `objections`.
    """
    row = _locked(work, spec.id)
    if seen is not None and row.changed_at != seen:
        raise precondition_failed("Somebody changed this client meanwhile: look at it again.")
    found = objections(spec, work.context.settings.public_url)
    if found:
        raise unprocessable({"client": found})
    changes = differences(_client(work, spec.id), spec)
    if not changes:
        return Changed({})
    for name, (_, value) in changes.items():
        setattr(row, name, _plain(value))
    secret = _fitting_secret(work, row, spec)
    _written(work, row)
    before, after = ({name: _plain(pair[side]) for name, pair in changes.items()} for side in (0, 1))
    work.audit("client.changed", target=spec.id, before=before, after=after)
    return Changed(changes, secret)


def switch(work: Work, client_id: str, enabled: bool, reason: str) -> bool:
    """Switch a client off or on; return whether that changed anything. Raises 404.

    Off: nobody is signed in through it any more, its secret is worth nothing, and what people's sign-ins gave it ends.
    """
    row = _locked(work, client_id)
    if row.enabled == enabled:
        return False
    row.enabled = enabled
    _written(work, row)
    ended = 0 if enabled else _end_grants(work, client_id)
    act = "client.enabled" if enabled else "client.disabled"
    work.audit(act, target=client_id, after=None if enabled else {"sign_ins_ended": ended}, reason=reason)
    return True


def end_old_secret(work: Work, client_id: str) -> bool:
    """End the former secret now, before its time; return whether there was one. Raises 404."""
    row = _locked(work, client_id)
    lives = row.previous_secret_until is not None and row.previous_secret_until > work.now
    row.previous_secret_hash = row.previous_secret_until = None
    _written(work, row)
    if lives:
        work.audit("client.old_secret_ended", target=client_id)
    return lives


def changed_at(work_or_session: Any, client_id: str) -> datetime:
    """Return when the client was last changed, for `change(seen=…)`. Raises 404."""
    row = work_or_session.get(ClientRow, client_id)
    if row is None:
        raise not_found(f"There is no client {client_id}.")
    return row.changed_at  # type: ignore[no-any-return]


def _locked(work: Work, client_id: str) -> ClientRow:
    row = work.session.get(ClientRow, client_id, with_for_update=True)
    if row is None:
        raise not_found(f"There is no client {client_id}.")
    return row


def _client(work: Work, client_id: str) -> Client:
    found = clients.find(work.session, client_id)
    if found is None:
        raise not_found(f"There is no client {client_id}.")
    return found


def _fitting_secret(work: Work, row: ClientRow, spec: ClientSpec) -> str | None:
    """A client that gave up its secret has none; one that needs one now gets one."""
    if not spec.has_secret:
        row.secret_hash, row.previous_secret_hash, row.previous_secret_until = "", None, None
        return None
    if row.secret_hash:
        return None
    secret = work.ids.token()
    row.secret_hash = work.context.part(ClientSecrets).hash(secret)
    return secret


def _written(work: Work, row: ClientRow) -> None:
    row.changed_at = work.now
    work.session.flush()
    work.context.part(ClientBook).forget()


def _end_grants(work: Work, client_id: str) -> int:
    mine = (grants.c.client_id == client_id) & grants.c.revoked_at.is_(None) & (grants.c.expires_at > work.now)
    ended = update(grants).where(mine).values(revoked_at=work.now, revoked_reason=SWITCHED_OFF)
    return rows_changed(work.session.execute(ended))


def _plain(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value
