"""What happens to signing keys: made, rotated, forgotten. One function per verb."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from joserfc.jwk import ECKey, KeyParameters, OKPKey, RSAKey
from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from identity.oidc.keys import models
from identity.oidc.keys.life import ALGORITHMS, PUBLISHED_BEFORE_USE, State, forgotten_before, may_begin
from identity.oidc.keys.models import SigningKey
from shared.crypto import SecretBox
from shared.service import Work

_RSA_BITS = 2048


@dataclass(frozen=True)
class KeyFacts:
    """A key without its secret, for listings."""

    kid: str
    algorithm: str
    state: str
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class TooSoon:
    """The next key of `algorithm` is not yet known to every cache; rotate again after `retry_at`."""

    algorithm: str
    retry_at: datetime


def ensure(work: Work, box: SecretBox) -> int:
    """Make what is missing: for each algorithm one active key and one that comes next. Return how many were made."""
    keys = list(work.session.scalars(models.every()))
    made = 0
    for algorithm in ALGORITHMS:
        states = {key.state for key in keys if key.algorithm == algorithm}
        for state in (State.ACTIVE, State.NEXT):
            if state.value not in states:
                _make(work, box, algorithm, state)
                made += 1
    return made


def rotate(work: Work, box: SecretBox, *, at_once: bool = False) -> list[KeyFacts] | TooSoon:
    """Let the next key of every algorithm sign from now on; return all keys.

    `at_once` skips the wait for caches, for a key that must not be used any more.
    """
    keys = list(work.session.scalars(models.every()))
    for algorithm in ALGORITHMS:
        of_this = [key for key in keys if key.algorithm == algorithm]
        coming = [key for key in of_this if key.state == State.NEXT.value]
        young = [key for key in coming if not may_begin(key.created_at, work.now)]
        if young and not at_once:
            return TooSoon(algorithm, young[0].created_at + PUBLISHED_BEFORE_USE)
        _advance(work, of_this, coming)
        _make(work, box, algorithm, State.NEXT)
    work.audit("keys.rotated", target="signing-keys", after={"at_once": at_once})
    return listing(work.session)


def listing(session: Session) -> list[KeyFacts]:
    """Return every key without its secret, the oldest first."""
    session.expire_all()
    return [
        KeyFacts(key.kid, key.algorithm, key.state, key.created_at, key.activated_at, key.retired_at)
        for key in session.scalars(models.every())
    ]


def forget_retired(session: Session, now: datetime) -> int:
    """Delete keys whose overlap is over; return how many."""
    return cast("CursorResult[Any]", session.execute(models.forget(forgotten_before(now)))).rowcount


def _advance(work: Work, keys: Sequence[SigningKey], coming: Sequence[SigningKey]) -> None:
    # One transaction: nobody ever sees none, or two, of them active.
    for key in keys if coming else ():
        if key.state == State.ACTIVE.value:
            work.session.execute(models.move(key.kid, State.ACTIVE, State.RETIRED, work.now))
    for key in coming:
        work.session.execute(models.move(key.kid, State.NEXT, State.ACTIVE, work.now))


def _make(work: Work, box: SecretBox, algorithm: str, state: State) -> None:
    kid = work.ids.new("key")
    pair = _pair(algorithm, {"kid": kid, "use": "sig", "alg": algorithm})
    work.session.add(
        SigningKey(
            kid=kid,
            algorithm=algorithm,
            state=state.value,
            public_jwk=cast("dict[str, Any]", pair.as_dict(private=False)),
            private_box=box.encrypt(json.dumps(pair.as_dict(private=True))),
            created_at=work.now,
            activated_at=work.now if state is State.ACTIVE else None,
        )
    )
    work.session.flush()
    work.audit("key.made", target=kid, after={"algorithm": algorithm, "state": state.value})


def _pair(algorithm: str, parameters: KeyParameters) -> ECKey | RSAKey | OKPKey:
    match algorithm:
        case "ES256":
            return ECKey.generate_key("P-256", parameters, auto_kid=False)
        case "RS256":
            return RSAKey.generate_key(_RSA_BITS, parameters, auto_kid=False)
        case _:
            return OKPKey.generate_key("Ed25519", parameters, auto_kid=False)
