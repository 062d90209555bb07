"""What happens to a device that waits: it begins, its code is typed, its person answers. One function per verb."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.oidc import lives
from identity.oidc.clients.policy import Client
from identity.oidc.device import codes
from identity.oidc.grants.authorization import Authorization, open_grant
from identity.oidc.grants.device_models import ALLOWED, ANSWER, BY_USER_CODE, DENIED, NEW_DEVICE, OF_PERSON, TYPED
from identity.oidc.grants.models import grants
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work

State = Literal["waiting", "allowed", "denied", "over"]
PAUSE = 5  # seconds between two questions of a device (RFC 8628 §3.2)
_TRIES = 5


@dataclass(frozen=True)
class Begun:
    """What a device is told: its own secret (256 bits), and the code for its person, as it is shown."""

    device_code: str
    user_code: str


@dataclass(frozen=True)
class Waiting:
    """A device as its person sees it. `state`: "waiting", "allowed", "denied" or "over"; `code` as it is shown."""

    id: str
    code: str
    client_id: str
    scopes: tuple[str, ...]
    audience: tuple[str, ...]
    state: State


def begin(work: Work, client: Client, scopes: Sequence[str], audience: Sequence[str]) -> Begun:
    """Store a device that waits, and return its codes."""
    secret = work.ids.token()
    row = {
        "id": work.ids.new("dev"),
        "device_code_hash": sha256(secret),
        "client_id": client.id,
        "scopes": list(scopes),
        "audience": list(audience),
        "pause": PAUSE,
        "created_at": work.now,
        "expires_at": work.now + lives.DEVICE_CODE,
    }
    return Begun(secret, codes.shown(_stored(work, row)))


def typed(work: Work, account_id: str, code: str) -> str | None:
    """Make the device whose code was typed that of this person; return its id, or None where no such device waits.

    Unknown, over, answered, and typed by somebody else before are told alike.
    """
    mine = {"typed": code, "account": account_id, "now": work.now}
    if not claimed(work.session.execute(TYPED, mine)):
        return None
    return str(work.session.scalar(BY_USER_CODE, {"typed": code}))


def of_person(session: Session, device_id: str, account_id: str, now: datetime) -> Waiting | None:
    """Return the device whose code this person typed, or None."""
    row = session.execute(OF_PERSON, {"device": device_id, "account": account_id}).one_or_none()
    return _waiting(row, now) if row else None


def allow(work: Work, waiting: Waiting, asked: Authorization) -> bool:
    """Open the grant that the device may fetch; False where it waits no more."""
    opened = select(grants.c.id).where(grants.c.code_hash == sha256(open_grant(work, asked)))
    return _answer(work, waiting, asked.session.account_id, ALLOWED, work.session.scalar(opened))


def deny(work: Work, waiting: Waiting, account_id: str) -> bool:
    """Refuse the device; False where it waits no more."""
    return _answer(work, waiting, account_id, DENIED, None)


def _answer(work: Work, waiting: Waiting, account_id: str, said: str, grant_id: str | None) -> bool:
    given = {"device": waiting.id, "account": account_id, "said": said, "grant": grant_id, "now": work.now}
    if not claimed(work.session.execute(ANSWER, given)):
        return False
    after = {"client_id": waiting.client_id, "scopes": list(waiting.scopes), "answer": said}
    work.audit("device.answered", target=account_id, after=after)
    return True


def _stored(work: Work, row: dict[str, object]) -> str:
    """Store the row under a code that no other device has; two at random meet once in a million years."""
    for _ in range(_TRIES):
        code = codes.make(work.ids.token(16))
        try:
            with work.session.begin_nested():
                work.session.execute(NEW_DEVICE, [{**row, "user_code": code}])
        except IntegrityError:
            continue
        return code
    raise RuntimeError("no user code is free")


def _waiting(row: Row[Any], now: datetime) -> Waiting:
    unanswered: State = "waiting" if now < row.expires_at else "over"
    state: State = row.answer or unanswered
    return Waiting(row.id, codes.shown(row.user_code), row.client_id, tuple(row.scopes), tuple(row.audience), state)
