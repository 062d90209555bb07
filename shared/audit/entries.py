"""Writing an entry with the transaction it belongs to, and the one form of it that is hashed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from shared.contracts.secrecy import find_secret
from shared.db.floor import audit_entries
from shared.together import put


def append(
    session: Session,
    *,
    id: str,
    at: datetime,
    actor: str,
    actor_kind: str,
    action: str,
    target: str,
    on_behalf_of: str | None = None,
    organization: str | None = None,
    before: object = None,
    after: object = None,
    reason: str | None = None,
    request_id: str | None = None,
) -> None:
    """Add an entry to the caller's transaction; it waits there for its seal.

    Writers never touch the chain, so they never queue behind each other. Raises ValueError where `before` or
    `after` hold a name of a secret or the form of a TIN.
    """
    found = find_secret({"before": before, "after": after})
    if found:
        raise ValueError(f"{action}: {found} may not be written to the audit")
    entry = {
        "id": id,
        "at": at,
        "actor": actor,
        "actor_kind": actor_kind,
        "on_behalf_of": on_behalf_of,
        "action": action,
        "target": target,
        "organization": organization,
        "before": before,
        "after": after,
        "reason": reason,
        "request_id": request_id,
    }
    put(session, audit_entries, entry)


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the entry as the bytes that are hashed: JSON, keys sorted, no spaces, instants in UTC with `Z`."""
    # Column names are SQLAlchemy's own kind of text, which orjson does not take as a key.
    plain = {str(key): value.astimezone(UTC) if isinstance(value, datetime) else value for key, value in entry.items()}
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
