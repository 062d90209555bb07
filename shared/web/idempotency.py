"""`Idempotency-Key`: the same key and body get the first answer again, another body is refused (draft-ietf-httpapi).

A key is claimed before the view runs and completed after it answered; a crash in between leaves a claim that a
retry may take over after a minute, so a client that repeats until it gets an answer is never stuck.
"""

import hashlib
import json
from datetime import datetime, timedelta

from flask import Flask, Response, g, request
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.auth import Caller
from shared.crypto import SecretBox
from shared.db import changed, claimed
from shared.db.floor import idempotency_keys as keys
from shared.errors import Problem, bad_request, conflict
from shared.service import Context

KEPT = timedelta(hours=24)
_TAKE_OVER = timedelta(minutes=1)
_REPLAYED = ("Content-Type", "ETag", "Location")


def install_idempotency(app: Flask, context: Context) -> None:
    """Serve `Idempotency-Key` on every unsafe call that came with a bearer token."""

    @app.before_request
    def _claim() -> Response | None:
        caller = g.get("gatehouse_caller")
        key = request.headers.get("Idempotency-Key")
        if key is None or caller is None or request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
            return None
        if not 1 <= len(key) <= 200:
            raise bad_request("idempotency-key", "Idempotency-Key must have 1 to 200 characters.")
        return _first_or_replay(context, caller, key)

    @app.after_request
    def _complete(answer: Response) -> Response:
        name = g.pop("gatehouse_idempotency", None)
        if name is not None:
            _finish(context, name, answer)
        return answer


def housekeeping(context: Context) -> int:
    """Forget keys older than a day; return how many."""
    with context.database.transaction() as session:
        return changed(session.execute(delete(keys).where(keys.c.created_at < context.clock.now() - KEPT)))


def _first_or_replay(context: Context, caller: Caller, key: str) -> Response | None:
    who = caller.client_id + " " + caller.subject
    fingerprint = hashlib.sha256(
        f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    ).hexdigest()
    now = context.clock.now()
    try:
        with context.database.transaction() as session:
            session.execute(insert(keys).values(key=key, caller=who, fingerprint=fingerprint, created_at=now))
    except IntegrityError:
        replay = _replay(context, who, key, fingerprint, now)
        if replay is not None:
            return replay
    g.gatehouse_idempotency = (who, key, now)
    return None


def _replay(context: Context, who: str, key: str, fingerprint: str, now: datetime) -> Response | None:
    with context.database.transaction() as session:
        row = session.execute(select(keys).where(keys.c.key == key, keys.c.caller == who)).one_or_none()
        if row is None:
            raise conflict("idempotency-retry", "The key has just been released; send the request again.")
        if row.fingerprint != fingerprint:
            raise Problem(422, "idempotency-mismatch", "The key was used for another request.", "Use a new key.")
        if row.done_at is None:
            again = update(keys).where(keys.c.key == key, keys.c.caller == who, keys.c.created_at == row.created_at)
            if row.created_at + _TAKE_OVER < now and claimed(session.execute(again.values(created_at=now))):
                return None
            raise conflict("idempotency-in-progress", "The first request with this key is still being answered.")
        body = _box(context).decrypt(row.body) if row.body else ""
        answer = Response(body, status=row.status)
        answer.headers.update(json.loads(row.headers or "{}"))
        answer.headers["Idempotency-Replayed"] = "true"
        return answer


def _finish(context: Context, name: tuple[str, str, datetime], answer: Response) -> None:
    who, key, since = name
    # A claim that somebody took over meanwhile has a later instant, and is no longer ours to complete.
    mine = (keys.c.key == key) & (keys.c.caller == who) & (keys.c.created_at == since)
    with context.database.transaction() as session:
        if answer.status_code >= 500:
            session.execute(delete(keys).where(mine))  # nothing was done: the client may try again
            return
        headers = {name: answer.headers[name] for name in _REPLAYED if name in answer.headers}
        session.execute(
            update(keys)
            .where(mine)
            .values(
                status=answer.status_code,
                headers=json.dumps(headers),
                body=_box(context).encrypt(answer.get_data(as_text=True)),
                done_at=context.clock.now(),
            )
        )


def _box(context: Context) -> SecretBox:
    """Answers can hold what is shown once (a one-time link, a client's secret), so they rest encrypted."""
    return SecretBox(context.settings.secret_keys)
