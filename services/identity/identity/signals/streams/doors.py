"""The doors of receivers: the transmitter's metadata, and the addresses under `/ssf` (SSF 1.0 §7.1 and §8.1).

Refusals are those of the specification's tables, as problem details. No answer is kept by anybody.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response, request

from identity.oidc.clients.policy import Client
from identity.oidc.provider import Provider
from identity.oidc.scopes import SIGNALS_MANAGE, SIGNALS_READ
from identity.settings import IdentitySettings
from identity.signals.bearer import receiver
from identity.signals.bodies import read_object, text, wrong
from identity.signals.models import SignalStream
from identity.signals.streams import configuration, metadata, people, service
from identity.signals.streams.service import STATUSES
from shared.auth import open_to_all
from shared.auth.possession import Call
from shared.service import Actor
from shared.web.door import context, reading, transaction

_MANAGED = f"a program's token with {SIGNALS_MANAGE} is asked for here, read as it counts now"
_READ = f"a program's token with {SIGNALS_READ} or {SIGNALS_MANAGE} is asked for here, read as it counts now"
_KEPT = "public, max-age=300"
_LONGEST_ID = 40
_LONGEST_REASON = 200
_LONGEST_STATE = 1000


@open_to_all("what a transmitter offers is public (SSF 1.0 §7.1)")
def ssf_configuration() -> Response:
    """Return the transmitter's metadata."""
    settings = context().settings_as(IdentitySettings)
    answer = _answer(metadata.document(settings.public_url, settings.signal_subjects))
    answer.headers["Cache-Control"] = _KEPT
    return answer


@open_to_all(_MANAGED)
def create() -> Response:
    """Make the caller's stream."""
    client = _caller(SIGNALS_MANAGE)
    body = _body()
    with transaction(_actor(client)) as work:
        return _answer(_told(service.create(work, client.id, body)), 201)


@open_to_all(_READ)
def read() -> Response:
    """Show one stream, or all of the caller's."""
    client = _caller(SIGNALS_READ, SIGNALS_MANAGE)
    stream_id = request.args.get("stream_id")
    with reading() as session:
        if stream_id is None:
            return _answer([_told(stream) for stream in service.listed(session, client.id)])
        return _answer(_told(service.find(session, client.id, stream_id)))


@open_to_all(_MANAGED)
def update() -> Response:
    """Change some of a stream (PATCH)."""
    return _change(whole=False)


@open_to_all(_MANAGED)
def replace() -> Response:
    """Change all of a stream (PUT)."""
    return _change(whole=True)


@open_to_all(_MANAGED)
def delete() -> Response:
    """Delete a stream."""
    client = _caller(SIGNALS_MANAGE)
    with transaction(_actor(client)) as work:
        service.end(work, client.id, _named(request.args))
    return _nothing(204)


@open_to_all(_READ)
def status() -> Response:
    """Show how a stream stands."""
    client = _caller(SIGNALS_READ, SIGNALS_MANAGE)
    with reading() as session:
        return _answer(_standing(service.find(session, client.id, _named(request.args))))


@open_to_all(_MANAGED)
def set_status() -> Response:
    """Turn a stream on, hold it, or turn it off."""
    client = _caller(SIGNALS_MANAGE)
    body = _body()
    stream_id, wished = _named(body), body.get("status")
    if wished not in STATUSES:
        raise wrong("status", f"use {', '.join(STATUSES)}")
    reason = text(body, "reason", _LONGEST_REASON)
    with transaction(_actor(client)) as work:
        return _answer(_standing(service.set_status(work, client.id, stream_id, str(wished), reason)))


@open_to_all(_MANAGED)
def add_subject() -> Response:
    """Tell us that events about somebody are wanted."""
    _say(wanted=True)
    return _nothing(200)


@open_to_all(_MANAGED)
def remove_subject() -> Response:
    """Tell us that events about somebody are not wanted."""
    _say(wanted=False)
    return _nothing(204)


@open_to_all(_MANAGED)
def verify() -> Response:
    """Ask for an event that shows whether the stream works."""
    client = _caller(SIGNALS_MANAGE)
    body = _body()
    stream_id, state = _named(body), text(body, "state", _LONGEST_STATE)
    with transaction(_actor(client)) as work:
        service.verify(work, client.id, stream_id, state)
    return _nothing(204)


_ROUTES = (
    (metadata.CONFIGURATION, ssf_configuration, "GET"),
    (metadata.STREAMS, create, "POST"),
    (metadata.STREAMS, read, "GET"),
    (metadata.STREAMS, update, "PATCH"),
    (metadata.STREAMS, replace, "PUT"),
    (metadata.STREAMS, delete, "DELETE"),
    (metadata.STATUS, status, "GET"),
    (metadata.STATUS, set_status, "POST"),
    (metadata.ADD_SUBJECT, add_subject, "POST"),
    (metadata.REMOVE_SUBJECT, remove_subject, "POST"),
    (metadata.VERIFY, verify, "POST"),
)


def add(app: Flask) -> None:
    """Hang the doors on the app."""
    for path, view, method in _ROUTES:
        app.add_url_rule(path, f"signals.{view.__name__}", view, methods=[method])


def _change(*, whole: bool) -> Response:
    client = _caller(SIGNALS_MANAGE)
    body = _body()
    _named(body)
    with transaction(_actor(client)) as work:
        return _answer(_told(service.change(work, client.id, body, whole=whole)))


def _say(*, wanted: bool) -> None:
    client = _caller(SIGNALS_MANAGE)
    body = _body()
    _named(body)
    with transaction(_actor(client)) as work:
        people.say(work, client.id, body, wanted=wanted)


def _caller(*scopes: str) -> Client:
    return receiver(context(), request.headers.get, Call(request.method, request.path), *scopes)


def _actor(client: Client) -> Actor:
    return Actor(client.id, "client")


def _body() -> Mapping[str, Any]:
    return read_object(request.mimetype, request.get_data())


def _named(given: Mapping[str, Any]) -> str:
    found = text(given, "stream_id", _LONGEST_ID)
    if found is None:
        raise wrong("stream_id", "say which stream")
    return found


def _told(stream: SignalStream) -> dict[str, Any]:
    return configuration.told(stream, context().part(Provider).issuer)


def _standing(stream: SignalStream) -> dict[str, str]:
    shown = {"stream_id": stream.id, "status": stream.status}
    return shown | ({"reason": stream.reason} if stream.reason else {})


def _answer(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json", headers={"Cache-Control": "no-store"})


def _nothing(status: int) -> Response:
    return Response(status=status, headers={"Cache-Control": "no-store"})
