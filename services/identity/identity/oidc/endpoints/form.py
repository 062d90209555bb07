"""Reading a form strictly, and answering in JSON that nobody may keep (RFC 6749 §3.2 and §5, threats 8 and 9)."""

from collections.abc import Mapping

import orjson
from flask import Response, request

from identity.oidc import parameters
from identity.oidc.clients.authentication import authenticate
from identity.oidc.clients.policy import Client
from identity.oidc.faults import NOT_A_FORM, QUERY_STRING, REPEATED, UNREADABLE, Refused
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from shared.web.door import context

_FORM = "application/x-www-form-urlencoded"


def read_form() -> Parameters:
    """Return the parameters of the body; raises Refused for a query string, another kind of body, or a repetition."""
    if request.query_string:
        raise Refused(QUERY_STRING)
    if request.mimetype != _FORM:
        raise Refused(NOT_A_FORM)
    asked = parameters.read(request.form.items(multi=True))
    if asked.repeated:
        raise Refused(REPEATED)
    if not asked.readable:
        raise Refused(UNREADABLE)
    return asked


def calling_client(asked: Parameters) -> Client:
    """Return the client that authenticated with this request; raises Refused."""
    place = context()
    provider = place.part(Provider)
    header = request.headers.get("Authorization")
    return authenticate(provider.clients.find, provider.secrets, header, asked, place.clock.now())


def answer(body: Mapping[str, object], status: int = 200) -> Response:
    """Return JSON that no cache keeps (RFC 6749 §5.1)."""
    response = Response(orjson.dumps(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def refusal(refused: Refused) -> Response:
    """Return the error of RFC 6749 §5.2, or of RFC 6750 §3 where a bearer token was refused."""
    fault = refused.fault
    response = answer({"error": fault.error, "error_description": refused.description}, fault.status)
    if fault.status == 401 and fault.error == "invalid_client":
        response.headers["WWW-Authenticate"] = 'Basic realm="Gatehouse", error="invalid_client"'
    elif fault.error in {"invalid_token", "insufficient_scope"}:
        # RFC 6750 §3.1: a request without any token gets the bare challenge.
        told = f', error="{fault.error}", error_description="{refused.description}"' if refused.detail != "none" else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="Gatehouse"{told}'
    return response
