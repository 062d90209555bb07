"""The one exit for refusals of what programs call: RFC 6749 §5.2, or RFC 6750 §3 where an access token was refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response

from identity.oidc.endpoints.form import answer, sent
from identity.oidc.failures import dictionary, noting
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import TOKEN_BOUND
from identity.oidc.provider import Provider
from shared.auth.possession import SCHEME, challenge
from shared.service import Context
from shared.web.door import context
from shared.web.express import Asked, Reply, as_response, express, present_asked

_BASIC = 'Basic realm="Gatehouse", error="invalid_client"'


def for_programs(handler: Callable[[Context, Asked], Reply]) -> Callable[[], Any]:
    """Make a view in the express lane of a handler that may raise Refused."""

    @wraps(handler)
    def answering(place: Context, asked: Asked) -> Reply:
        try:
            return handler(place, asked)
        except Refused as refused:
            return refusal(place, asked, refused)

    return express()(answering)


def refused_in_flask(refused: Refused) -> Response:
    """Answer a refusal of a view that is not in the lane, as its address has parameters."""
    asked = present_asked()
    return as_response(refusal(context(), asked, refused), asked)


def refusal(place: Context, asked: Asked, refused: Refused) -> Reply:
    """Note a refusal for the client's developer, and tell it."""
    fault, header = refused.fault, asked.header("Authorization")
    noting.of_program(place, refused, asked.path, header, sent(asked))
    told = {"error": fault.error, "error_description": refused.description}
    reply = answer(told | {"error_uri": dictionary.uri(place.part(Provider).issuer, fault)}, fault.status)
    challenged = _challenge(refused, header or "")
    own = (("WWW-Authenticate", challenged),) if challenged else ()
    return Reply(reply.body, reply.status, reply.content_type, reply.headers + own)


def _challenge(refused: Refused, header: str) -> str | None:
    """The scheme that would have been right: a bound token must come as DPoP (RFC 9449 §7.2)."""
    fault = refused.fault
    if fault.status == 401 and fault.error == "invalid_client":
        return _BASIC
    if fault.status != 401 and fault.error != "insufficient_scope":
        return None
    if fault is TOKEN_BOUND or header.partition(" ")[0].lower() == SCHEME.lower():
        return challenge(fault.error, refused.description)
    # RFC 6750 §3.1: a request without any token gets the bare challenge.
    told = f', error="{fault.error}", error_description="{refused.description}"'
    return f'Bearer realm="Gatehouse"{told if refused.detail != "none" else ""}'
