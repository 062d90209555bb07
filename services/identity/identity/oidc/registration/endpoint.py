"""The doors of dynamic registration: POST /oauth/register (RFC 7591), and what the app does later (RFC 7592).

Every call carries a token in its header, never in the address (threat 55). Refusals: those of the RFC, with our code.
"""

from dataclasses import replace
from typing import Any

import orjson
from flask import Response, request

from identity.oidc.endpoints.form import answer
from identity.oidc.faults.calling import QUERY_STRING
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.registering import INITIAL_TOKEN, METADATA, NOT_METADATA, REDIRECTS, REGISTRATION_TOKEN
from identity.oidc.metadata import REGISTER
from identity.oidc.provider import Provider
from identity.oidc.registration import metadata, service
from identity.oidc.registration.metadata import BadMetadata
from identity.oidc.registration.service import Registered
from shared.auth import open_to_all
from shared.service import Actor, Work
from shared.web.door import context, transaction
from shared.web.express import as_response, present_asked

_BY_TOKEN = "the registration access token is checked here (RFC 7592 §2)"  # noqa: S105 - a reason
_NUL = b"\\u0000"


@open_to_all("the initial access token is checked here (RFC 7591 §3)")
def register() -> Response:
    """Register an app."""
    body, token = _body(), _token(INITIAL_TOKEN)
    with transaction() as work:
        made = _allowed(lambda: service.register(work, token, body))
        issued = int(work.now.timestamp())
    if made is None:
        raise Refused(INITIAL_TOKEN)
    return _answer(_told(made) | {"client_id_issued_at": issued}, 201)


@open_to_all(_BY_TOKEN)
def registration(client_id: str) -> Response:
    """Show, change or end a registration."""
    token = _token(REGISTRATION_TOKEN)
    body = _body() if request.method == "PUT" else {}
    with transaction(Actor(client_id, "client")) as work:  # nothing is written before its token has proved it
        done = _allowed(lambda: _ACTS[request.method](work, client_id, token, body))
    if not done:
        raise Refused(REGISTRATION_TOKEN)
    return _answer(_told(done)) if isinstance(done, Registered) else Response(status=204)


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return as_response(answer(body, status), present_asked())


def _look(work: Work, client_id: str, token: str, _body: dict[str, Any]) -> Registered | None:
    return service.look(work, client_id, token)


def _end(work: Work, client_id: str, token: str, _body: dict[str, Any]) -> bool:
    return service.deregister(work, client_id, token)


_ACTS: dict[str, Any] = {"GET": _look, "HEAD": _look, "PUT": service.change, "DELETE": _end}


def _allowed(act: Any) -> Any:
    try:
        return act()
    except BadMetadata as bad:
        told = "".join(one if " " <= one <= "~" and one not in '"\\' else "?" for one in str(bad))[:500]
        fault = REDIRECTS if bad.of_redirects else METADATA
        raise Refused(replace(fault, why=f"{told.rstrip('.')}.")) from bad


def _token(fault: Any) -> str:
    if request.query_string:
        raise Refused(QUERY_STRING)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(fault, "none")
    return token.strip()


def _body() -> dict[str, Any]:
    sent = request.get_data()
    try:
        body = orjson.loads(sent) if request.mimetype == "application/json" and _NUL not in sent else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(NOT_METADATA)
    return body


def _told(made: Registered) -> dict[str, Any]:
    shown = {"client_id": made.client.id, **metadata.told(made.client), "registration_access_token": made.token}
    shown["registration_client_uri"] = f"{context().part(Provider).issuer}{REGISTER}/{made.client.id}"
    if made.secret is not None:
        shown |= {"client_secret": made.secret, "client_secret_expires_at": 0}
    return shown
