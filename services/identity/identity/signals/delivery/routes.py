"""The door of receivers that fetch their sets (RFC 8936): what is shown is shown again until it is acknowledged."""

import orjson
from flask import Flask, Response, request
from sqlalchemy import select

from identity.oidc.scopes import SIGNALS_MANAGE, SIGNALS_READ
from identity.signals.bearer import API, receiver
from identity.signals.bodies import read_object
from identity.signals.delivery import polling, queue
from identity.signals.delivery.polling import Poll
from identity.signals.models import SignalStream
from shared.auth import open_to_all
from shared.auth.possession import Call
from shared.errors import not_found
from shared.service import Actor, Work
from shared.web.door import context, transaction

_POLL = "poll"


@open_to_all("the token is read by the door itself, as at userinfo; scope ssf.read or ssf.manage")
def poll(stream_id: str) -> Response:
    """Take what the receiver has or refuses, and hand out what waits."""
    call = Call(request.method, request.path)
    client = receiver(context(), request.headers.get, call, SIGNALS_READ, SIGNALS_MANAGE)
    asked = polling.read(read_object(request.mimetype, request.get_data()))
    with transaction(Actor(client.id, "client")) as work:
        told = _told(work, _stream(work, client.id, stream_id), asked)
    return Response(orjson.dumps(told), 200, content_type="application/json", headers={"Cache-Control": "no-store"})


def add(app: Flask) -> None:
    """Hang the door on the app."""
    app.add_url_rule(f"{API}/poll/<stream_id>", "signals.poll", poll, methods=["POST"])


def _stream(work: Work, client_id: str, stream_id: str) -> SignalStream:
    """The caller's own stream, to be polled; every other is one that nobody has."""
    mine = (SignalStream.id == stream_id) & (SignalStream.client_id == client_id) & (SignalStream.method == _POLL)
    stream = work.session.scalars(select(SignalStream).where(mine)).one_or_none()
    if stream is None:
        raise not_found("There is no stream of this client to poll at this address.")
    return stream


def _told(work: Work, stream: SignalStream, asked: Poll) -> dict[str, object]:
    if asked.taken:
        queue.acknowledge(work, stream.id, asked.taken)
    for set_id, code in asked.refused.items():
        queue.refuse(work, stream.id, set_id, code)
    found = queue.waiting(work.session, stream, asked.most + 1)
    shown = found[: asked.most]
    return {"sets": {row.id: row.token for row in shown}, "moreAvailable": len(found) > len(shown)}
